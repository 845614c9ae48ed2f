using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>Client quotas (KIP-546).</summary>
public sealed partial class AdminClient
{
    /// <summary>The quotas that a filter meets.</summary>
    /// <param name="filter">Which; null for all.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>By entity, then key.</returns>
    /// <exception cref="KafkaException">They are not to be had: CLUSTER_AUTHORIZATION_FAILED.</exception>
    public Task<IReadOnlyDictionary<ClientQuotaEntity, IReadOnlyDictionary<string, double>>> DescribeClientQuotasAsync(
        ClientQuotaFilter? filter = null, CancellationToken cancellationToken = default)
    {
        filter ??= new ClientQuotaFilter();
        var request = new DescribeClientQuotasRequest
        {
            Strict = filter.Strict,
            Components =
            [
                .. filter.Components.Select(component => new DescribeClientQuotasRequest.ComponentData
                {
                    EntityType = component.EntityType,
                    MatchType = (sbyte)component.MatchType,
                    Match = component.Match,
                }),
            ],
        };
        return OnceAsync<IReadOnlyDictionary<ClientQuotaEntity, IReadOnlyDictionary<string, double>>>(
            "describing client quotas",
            async cancellation =>
            {
                DescribeClientQuotasResponse response = await AskAnyAsync<DescribeClientQuotasResponse>(request, cancellation).ConfigureAwait(false);
                ThrowIf(response.ErrorCode, "describing client quotas", response.ErrorMessage);
                return (response.Entries ?? []).ToDictionary(
                    entry => new ClientQuotaEntity(entry.Entity.Select(part => KeyValuePair.Create<string, string?>(part.EntityType, part.EntityName))),
                    entry => (IReadOnlyDictionary<string, double>)entry.Values.ToDictionary(value => value.Key, value => value.Value));
            },
            cancellationToken);
    }

    /// <summary>Changes quotas. All changes of an entity are made or none.</summary>
    /// <param name="alterations">The changes; one for each entity.</param>
    /// <param name="validateOnly">Whether the cluster only looks whether it would work.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<IReadOnlyDictionary<ClientQuotaEntity, AdminResult>> AlterClientQuotasAsync(
        IEnumerable<ClientQuotaAlteration> alterations, bool validateOnly = false, CancellationToken cancellationToken = default)
    {
        var wanted = alterations.ToDictionary(alteration => alteration.Entity, alteration => alteration.Ops);
        return RunAsync<ClientQuotaEntity>(
            "changing the quotas of",
            wanted.Keys,
            async (batch, asked, cancellation) =>
            {
                AlterClientQuotasResponse response = await AskControllerAsync<AlterClientQuotasResponse>(
                    new AlterClientQuotasRequest { ValidateOnly = validateOnly, Entries = [.. asked.Select(entity => Write(entity, wanted[entity]))] },
                    cancellation).ConfigureAwait(false);
                foreach (AlterClientQuotasResponse.EntryData entry in response.Entries)
                {
                    var entity = new ClientQuotaEntity(entry.Entity.Select(part => KeyValuePair.Create<string, string?>(part.EntityType, part.EntityName)));
                    Settle(batch, entity, entry.ErrorCode, entry.ErrorMessage, true, () => true);
                }
            },
            cancellationToken);
    }

    private static AlterClientQuotasRequest.EntryData Write(ClientQuotaEntity entity, IReadOnlyDictionary<string, double?> ops) => new()
    {
        Entity = [.. entity.Entries.Select(part => new AlterClientQuotasRequest.EntityData { EntityType = part.Key, EntityName = part.Value })],
        Ops = [.. ops.Select(op => new AlterClientQuotasRequest.OpData { Key = op.Key, Value = op.Value ?? 0, Remove = op.Value is null })],
    };
}
