using Microsoft.Extensions.Logging;
using Moldau.Configuration;
using Moldau.Controller;
using Moldau.Core;
using Moldau.Raft;
using Moldau.Runtime;

namespace Moldau.Embedded;

/// <summary>Makes the directories of a new node ready, as <c>moldau start</c> does for a cluster of one.</summary>
internal static class NodeStorage
{
    private const string MetaProperties = "meta.properties";

    /// <summary>
    /// Formats what is not formatted. Throws <see cref="InvalidDataException"/> where only some directories are, and where the configuration names a quorum of more than this node.
    /// </summary>
    public static void FormatWhenNew(IDisk disk, NodeConfiguration node, string? clusterId, TimeProvider time, IEntropy entropy, ILogger log)
    {
        List<string> directories = [.. node.LogDirs.Append(node.MetadataLogDir).Distinct(StringComparer.Ordinal)];
        List<string> unformatted = [.. directories.Where(directory => !disk.FileExists($"{directory}/{MetaProperties}"))];
        if (unformatted.Count == 0)
        {
            return;
        }

        if (unformatted.Count < directories.Count)
        {
            throw new InvalidDataException($"{string.Join(", ", unformatted)}: not formatted, while other log directories are; format it with moldau storage format --ignore-formatted");
        }

        RequireOwnQuorum(node);
        var formatter = new StorageFormatter(disk, time, entropy)
        {
            ClusterId = clusterId ?? NewClusterId(entropy),
            NodeId = node.NodeId,
            Directories = directories,
            MetadataDirectory = node.MetadataLogDir,
            ControllerListenerName = node.ControllerListenerNames[0],
            HasStaticVoters = node.QuorumVoters.Count > 0,
            Standalone = node.QuorumVoters.Count > 0 ? null : OwnEndpoint(node),
        };
        foreach (var line in formatter.Format())
        {
            log.LogInformation("{Line}", line);
        }
    }

    private static void RequireOwnQuorum(NodeConfiguration node)
    {
        if (!node.IsController || node.QuorumVoters.Any(voter => voter.Id != node.NodeId) || node.QuorumBootstrapServers.Count > 1)
        {
            throw new InvalidDataException(
                "a node in a process is the only controller of its cluster: clusters of several nodes are not here yet; several nodes in one process are several clusters");
        }
    }

    private static VoterEndpoint OwnEndpoint(NodeConfiguration node)
    {
        var listener = node.AdvertisedControllerListeners[0];
        return new VoterEndpoint(listener.Name, listener.Host ?? "localhost", listener.Port);
    }

    private static string NewClusterId(IEntropy entropy)
    {
        Span<byte> random = stackalloc byte[Uuid.SizeBytes];
        entropy.Fill(random);
        return Uuid.FromRandom(random).ToString();
    }
}
