using Moldau.Client;

namespace Moldau.Cli;

/// <summary>Which node leads the quorum of controllers. What DescribeCluster calls the controller is any broker that forwards to it (KIP-500), which would mislead whoever looks for the right log.</summary>
internal static class QuorumLeader
{
    /// <summary>Its id; null when it is not known, or not to this user.</summary>
    public static async Task<int?> FindAsync(Session session, CancellationToken cancellationToken)
    {
        try
        {
            return (await session.Admin.DescribeMetadataQuorumAsync(cancellationToken)).LeaderId is >= 0 and var leader ? leader : null;
        }
        catch (KafkaException)
        {
            return null;
        }
    }
}
