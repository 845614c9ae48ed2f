using Moldau.Configuration;
using Moldau.Protocol;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>Which resource must allow an operation on configurations: topics and groups by name, everything else the cluster.</summary>
internal static class ConfigAuthorization
{
    /// <summary>None when it is allowed; else the error of that kind of resource.</summary>
    public static ErrorCode Check(RequestContext context, AclOperation operation, sbyte resourceType, string name) => (ConfigResourceType)resourceType switch
    {
        ConfigResourceType.Topic => context.May(operation, ResourceType.Topic, name) ? ErrorCode.None : ErrorCode.TopicAuthorizationFailed,
        ConfigResourceType.Group => context.May(operation, ResourceType.Group, name) ? ErrorCode.None : ErrorCode.GroupAuthorizationFailed,
        _ => context.MayOnCluster(operation, out var denied) ? ErrorCode.None : denied,
    };
}
