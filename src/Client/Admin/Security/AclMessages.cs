using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>Between what the protocol says of ACLs and what callers see. Stateless; any thread.</summary>
internal static class AclMessages
{
    public static CreateAclsRequest.AclCreation Create(AclBinding binding) => new()
    {
        ResourceType = (sbyte)binding.ResourceType,
        ResourceName = binding.ResourceName,
        ResourcePatternType = (sbyte)binding.PatternType,
        Principal = binding.Principal,
        Host = binding.Host,
        Operation = (sbyte)binding.Operation,
        PermissionType = (sbyte)binding.PermissionType,
    };

    public static DescribeAclsRequest Describe(AclBindingFilter filter) => new()
    {
        ResourceTypeFilter = (sbyte)filter.ResourceType,
        ResourceNameFilter = filter.ResourceName,
        PatternTypeFilter = (sbyte)filter.PatternType,
        PrincipalFilter = filter.Principal,
        HostFilter = filter.Host,
        Operation = (sbyte)filter.Operation,
        PermissionType = (sbyte)filter.PermissionType,
    };

    public static DeleteAclsRequest.DeleteAclsFilter Delete(AclBindingFilter filter) => new()
    {
        ResourceTypeFilter = (sbyte)filter.ResourceType,
        ResourceNameFilter = filter.ResourceName,
        PatternTypeFilter = (sbyte)filter.PatternType,
        PrincipalFilter = filter.Principal,
        HostFilter = filter.Host,
        Operation = (sbyte)filter.Operation,
        PermissionType = (sbyte)filter.PermissionType,
    };

    public static IReadOnlyList<AclBinding> Read(DescribeAclsResponse response) =>
    [
        .. response.Resources.SelectMany(resource => resource.Acls.Select(acl => new AclBinding(
            (AclResourceType)resource.ResourceType,
            resource.ResourceName,
            (AclPatternType)resource.PatternType,
            acl.Principal,
            acl.Host,
            (AclOperation)acl.Operation,
            (AclPermissionType)acl.PermissionType))),
    ];

    public static IReadOnlyList<DeletedAcl> Read(DeleteAclsResponse.DeleteAclsFilterResult result) => [.. result.MatchingAcls.Select(Read)];

    private static DeletedAcl Read(DeleteAclsResponse.DeleteAclsMatchingAcl acl)
    {
        var binding = new AclBinding(
            (AclResourceType)acl.ResourceType,
            acl.ResourceName,
            (AclPatternType)acl.PatternType,
            acl.Principal,
            acl.Host,
            (AclOperation)acl.Operation,
            (AclPermissionType)acl.PermissionType);
        return new DeletedAcl(binding, acl.ErrorCode == ErrorCode.None ? null : KafkaException.Of(acl.ErrorCode, $"deleting {binding}", acl.ErrorMessage));
    }
}
