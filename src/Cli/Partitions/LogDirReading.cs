using Moldau.Client;

namespace Moldau.Cli;

/// <summary>The log directories of all brokers.</summary>
internal static class LogDirReading
{
    /// <summary>Of each broker its directories, or why it did not tell.</summary>
    public static async Task<IReadOnlyDictionary<int, AdminResult<IReadOnlyDictionary<string, LogDirDescription>>>> AllAsync(Session session, IReadOnlyCollection<int>? brokers, CancellationToken cancellationToken)
    {
        brokers ??= [.. (await session.Admin.DescribeClusterAsync(null, cancellationToken)).Nodes.Select(node => node.Id).Order()];
        return await session.Admin.DescribeLogDirsAsync(brokers, cancellationToken);
    }
}
