using Moldau.Security;

namespace Moldau.Broker.Views;

/// <summary>The operations that a client may do on a resource, as the bit field of KIP-430: bit n stands for the operation with code n.</summary>
internal static class AuthorizedOperations
{
    /// <summary>What the field holds when nobody asked for it.</summary>
    public const int NotAsked = int.MinValue;

    private static readonly AclOperation[] OnTopics =
    [
        AclOperation.Read, AclOperation.Write, AclOperation.Create, AclOperation.Delete, AclOperation.Alter, AclOperation.Describe, AclOperation.DescribeConfigs,
        AclOperation.AlterConfigs,
    ];

    private static readonly AclOperation[] OnCluster =
    [
        AclOperation.Create, AclOperation.ClusterAction, AclOperation.DescribeConfigs, AclOperation.AlterConfigs, AclOperation.IdempotentWrite, AclOperation.Alter,
        AclOperation.Describe,
    ];

    private static readonly AclOperation[] OnGroups =
    [
        AclOperation.Read, AclOperation.Describe, AclOperation.Delete, AclOperation.DescribeConfigs, AclOperation.AlterConfigs,
    ];

    public static int OfGroup(RequestContext context, string group) => Of(context, OnGroups, ResourceType.Group, group);

    public static int OfTopic(RequestContext context, string topic) => Of(context, OnTopics, ResourceType.Topic, topic);

    public static int OfCluster(RequestContext context) => Of(context, OnCluster, ResourceType.Cluster, ResourceNames.Cluster);

    private static int Of(RequestContext context, AclOperation[] operations, ResourceType type, string name)
    {
        var bits = 0;
        foreach (var operation in operations)
        {
            if (context.May(operation, type, name))
            {
                bits |= 1 << (int)operation;
            }
        }

        return bits;
    }
}
