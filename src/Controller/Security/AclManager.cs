using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Controller;

/// <summary>CreateAcls, DeleteAcls and DescribeAcls (KIP-140, KIP-290). Pure; mutates nothing.</summary>
public static class AclManager
{
    internal const sbyte ResourceTypeMax = 7;
    internal const sbyte OperationMax = 15;
    internal const sbyte PermissionMax = 3;
    private const sbyte ClusterResource = 4;

    /// <summary>Each entry succeeds or fails alone. One that exists already succeeds and makes nothing.</summary>
    public static ControllerResult<CreateAclsResponse> Create(MetadataImage image, CreateAclsRequest request, ControlContext context)
    {
        var records = new List<MetadataRecord>();
        var response = new CreateAclsResponse();
        var existing = new HashSet<AccessControlEntry>(image.Acls.Entries.Values);
        foreach (CreateAclsRequest.AclCreation creation in request.Creations)
        {
            var entry = new AccessControlEntry(
                creation.ResourceType,
                creation.ResourceName,
                creation.ResourcePatternType,
                creation.Principal,
                creation.Host,
                creation.Operation,
                creation.PermissionType);
            ApiError error = Check(entry);
            if (!error.IsError && records.Count == Limits.RecordsPerOperation)
            {
                error = Limits.TooManyRecords();
            }

            if (!error.IsError && existing.Add(entry))
            {
                records.Add(entry.ToRecord(context.NewUuid()));
            }

            response.Results.Add(new() { ErrorCode = error.Code, ErrorMessage = error.Message });
        }

        return ControllerResult<CreateAclsResponse>.Atomic(records, response);
    }

    /// <summary>Deletes what matches any of the filters, and names it.</summary>
    public static ControllerResult<DeleteAclsResponse> Delete(MetadataImage image, DeleteAclsRequest request, ControlContext context)
    {
        var response = new DeleteAclsResponse();
        var deleted = new SortedSet<Uuid>();
        foreach (DeleteAclsRequest.DeleteAclsFilter wanted in request.Filters)
        {
            var filter = new AclFilter(
                wanted.ResourceTypeFilter,
                wanted.ResourceNameFilter,
                wanted.PatternTypeFilter,
                wanted.PrincipalFilter,
                wanted.HostFilter,
                wanted.Operation,
                wanted.PermissionType);
            List<KeyValuePair<Uuid, AccessControlEntry>> matching = [.. image.Acls.Entries.Where(entry => filter.Matches(entry.Value))];
            ApiError error = filter.Check();
            if (!error.IsError && deleted.Count + matching.Count > Limits.RecordsPerOperation)
            {
                error = new(ErrorCode.PolicyViolation, $"Cannot remove more than {Limits.RecordsPerOperation} acls in a single delete operation.");
            }

            var result = new DeleteAclsResponse.DeleteAclsFilterResult { ErrorCode = error.Code, ErrorMessage = error.Message };
            response.FilterResults.Add(result);
            if (error.IsError)
            {
                continue;
            }

            foreach ((Uuid id, AccessControlEntry entry) in matching)
            {
                deleted.Add(id);
                result.MatchingAcls.Add(Described(entry));
            }
        }

        return ControllerResult<DeleteAclsResponse>.Atomic(
            [.. deleted.Select(static id => new MetadataRecord(new RemoveAccessControlEntryRecord { Id = id }, 0))], response);
    }

    /// <summary>What matches the filter, by resource.</summary>
    public static DescribeAclsResponse Describe(MetadataImage image, DescribeAclsRequest request)
    {
        var filter = new AclFilter(
            request.ResourceTypeFilter,
            request.ResourceNameFilter,
            request.PatternTypeFilter,
            request.PrincipalFilter,
            request.HostFilter,
            request.Operation,
            request.PermissionType);
        ApiError error = filter.Check();
        var response = new DescribeAclsResponse { ErrorCode = error.Code, ErrorMessage = error.Message };
        if (error.IsError)
        {
            return response;
        }

        var resources = new Dictionary<(sbyte, string, sbyte), DescribeAclsResponse.DescribeAclsResource>();
        foreach (AccessControlEntry entry in image.Acls.Entries.Values)
        {
            if (!filter.Matches(entry))
            {
                continue;
            }

            var key = (entry.ResourceType, entry.ResourceName, entry.PatternType);
            if (!resources.TryGetValue(key, out DescribeAclsResponse.DescribeAclsResource? resource))
            {
                resource = new() { ResourceType = entry.ResourceType, ResourceName = entry.ResourceName, PatternType = entry.PatternType };
                resources.Add(key, resource);
                response.Resources.Add(resource);
            }

            resource.Acls.Add(new() { Principal = entry.Principal, Host = entry.Host, Operation = entry.Operation, PermissionType = entry.PermissionType });
        }

        return response;
    }

    private static DeleteAclsResponse.DeleteAclsMatchingAcl Described(AccessControlEntry entry) => new()
    {
        ErrorMessage = null,
        ResourceType = entry.ResourceType,
        ResourceName = entry.ResourceName,
        PatternType = entry.PatternType,
        Principal = entry.Principal,
        Host = entry.Host,
        Operation = entry.Operation,
        PermissionType = entry.PermissionType,
    };

    private static ApiError Check(AccessControlEntry entry)
    {
        if (entry.ResourceType is < 2 or > ResourceTypeMax)
        {
            return Bad($"Invalid resourceType {(entry.ResourceType == 1 ? "ANY" : "UNKNOWN")}");
        }

        if (entry.PatternType is not (3 or 4))
        {
            return Bad($"Invalid patternType {(entry.PatternType == 1 ? "ANY" : entry.PatternType == 2 ? "MATCH" : "UNKNOWN")}");
        }

        if (entry.Operation is < 2 or > OperationMax)
        {
            return Bad($"Invalid operation {(entry.Operation == 1 ? "ANY" : "UNKNOWN")}");
        }

        if (entry.PermissionType is not (2 or 3))
        {
            return Bad($"Invalid permissionType {(entry.PermissionType == 1 ? "ANY" : "UNKNOWN")}");
        }

        if (entry.ResourceName.Length == 0)
        {
            return Bad("Resource name should not be empty");
        }

        if (entry.ResourceType == ClusterResource && entry.ResourceName != "kafka-cluster")
        {
            return Bad("The only valid name for the CLUSTER resource is kafka-cluster");
        }

        return entry.Principal.Contains(':', StringComparison.Ordinal)
            ? ApiError.None
            : Bad($"Could not parse principal from `{entry.Principal}` (no colon is present separating the principal type from the principal name)");
    }

    private static ApiError Bad(string message) => new(ErrorCode.InvalidRequest, message);
}
