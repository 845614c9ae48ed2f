using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>ACLs. A cluster without an authorizer answers SECURITY_DISABLED.</summary>
public sealed partial class AdminClient
{
    /// <summary>Adds rules; one that is there already is no error.</summary>
    public Task<IReadOnlyDictionary<AclBinding, AdminResult>> CreateAclsAsync(IEnumerable<AclBinding> bindings, CancellationToken cancellationToken = default) =>
        RunAsync<AclBinding>(
            "creating",
            bindings,
            async (batch, asked, cancellation) =>
            {
                CreateAclsResponse response = await AskControllerAsync<CreateAclsResponse>(
                    new CreateAclsRequest { Creations = [.. asked.Select(AclMessages.Create)] }, cancellation).ConfigureAwait(false);
                foreach ((AclBinding binding, CreateAclsResponse.AclCreationResult created) in asked.Zip(response.Results))
                {
                    Settle(batch, binding, created.ErrorCode, created.ErrorMessage, true, () => true);
                }
            },
            cancellationToken);

    /// <summary>The rules that a filter meets.</summary>
    /// <param name="filter">Which; null for all.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="KafkaException">They are not to be had: SECURITY_DISABLED, CLUSTER_AUTHORIZATION_FAILED.</exception>
    public Task<IReadOnlyList<AclBinding>> DescribeAclsAsync(AclBindingFilter? filter = null, CancellationToken cancellationToken = default) =>
        OnceAsync(
            "describing ACLs",
            async cancellation =>
            {
                DescribeAclsRequest request = AclMessages.Describe(filter ?? new AclBindingFilter());
                DescribeAclsResponse response = _options.UsesControllers
                    ? await AskControllerAsync<DescribeAclsResponse>(request, cancellation).ConfigureAwait(false)
                    : await AskAnyAsync<DescribeAclsResponse>(request, cancellation).ConfigureAwait(false);
                ThrowIf(response.ErrorCode, "describing ACLs", response.ErrorMessage);
                return AclMessages.Read(response);
            },
            cancellationToken);

    /// <summary>Deletes the rules that filters meet.</summary>
    /// <returns>By filter the rules that it met; none is no error.</returns>
    public Task<IReadOnlyDictionary<AclBindingFilter, AdminResult<IReadOnlyList<DeletedAcl>>>> DeleteAclsAsync(
        IEnumerable<AclBindingFilter> filters, CancellationToken cancellationToken = default) =>
        RunAsync<AclBindingFilter, IReadOnlyList<DeletedAcl>>(
            "deleting ACLs of",
            filters,
            async (batch, asked, cancellation) =>
            {
                DeleteAclsResponse response = await AskControllerAsync<DeleteAclsResponse>(
                    new DeleteAclsRequest { Filters = [.. asked.Select(AclMessages.Delete)] }, cancellation).ConfigureAwait(false);
                foreach ((AclBindingFilter filter, DeleteAclsResponse.DeleteAclsFilterResult deleted) in asked.Zip(response.FilterResults))
                {
                    Settle(batch, filter, deleted.ErrorCode, deleted.ErrorMessage, true, () => AclMessages.Read(deleted));
                }
            },
            cancellationToken);
}
