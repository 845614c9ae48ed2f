using Moldau.Configuration;
using Moldau.Controller;
using Moldau.Core;
using Moldau.Raft;

namespace Moldau.Host;

/// <summary>Formats the directories of a node: as an operator asks for it, or by itself at the first start of a cluster of one.</summary>
internal static class NodeFormatter
{
    /// <summary>
    /// What a node does by itself at its first start; returns the lines to log. Throws <see cref="StorageException"/> where only some directories are formatted, and where the
    /// node is not the whole quorum.
    /// </summary>
    public static IReadOnlyList<string> FormatAtStart(ProgramContext context, NodeConfiguration node, IReadOnlyList<string> directories, IReadOnlyList<string> unformatted)
    {
        if (unformatted.Count < directories.Count)
        {
            throw new StorageException(
                $"{string.Join(", ", unformatted)}: not formatted, while other log directories are; run moldau storage format --ignore-formatted with the cluster id of storage info");
        }

        StorageDirectories.CheckMayFormatItself(node);
        StorageFormatter formatter = Create(context, node, NewClusterId(context), new FormatChoices { Standalone = node.QuorumVoters.Count == 0 });
        return Run(formatter);
    }

    /// <summary>Formats; what cannot be done comes as <see cref="StorageException"/>.</summary>
    public static IReadOnlyList<string> Run(StorageFormatter formatter)
    {
        try
        {
            return formatter.Format();
        }
        catch (StorageFormatException exception)
        {
            throw new StorageException(exception.Message);
        }
    }

    public static StorageFormatter Create(ProgramContext context, NodeConfiguration node, string clusterId, FormatChoices choices) =>
        new(context.Disk, context.Time, context.Entropy)
        {
            ClusterId = clusterId,
            NodeId = node.NodeId,
            Directories = StorageDirectories.Of(node),
            MetadataDirectory = node.MetadataLogDir,
            ControllerListenerName = node.ControllerListenerNames[0],
            ReleaseVersion = choices.ReleaseVersion,
            Features = new Dictionary<string, short>(choices.Features),
            ScramArguments = choices.Scram,
            IsController = node.IsController,
            HasStaticVoters = node.QuorumVoters.Count > 0,
            Standalone = choices.Standalone ? OwnEndpoint(node) : null,
            InitialControllers = choices.InitialControllers is { } text ? InitialController.ParseAll(text) : null,
            NoInitialControllers = choices.NoInitialControllers,
            IgnoreFormatted = choices.IgnoreFormatted,
        };

    public static string NewClusterId(ProgramContext context)
    {
        Span<byte> random = stackalloc byte[Uuid.SizeBytes];
        context.Entropy.Fill(random);
        return Uuid.FromRandom(random).ToString();
    }

    private static VoterEndpoint OwnEndpoint(NodeConfiguration node)
    {
        if (!node.IsController)
        {
            throw new StorageException("You can only use --standalone on a controller.");
        }

        ListenerEndpoint listener = node.AdvertisedControllerListeners[0];
        return new VoterEndpoint(listener.Name, listener.Host ?? "localhost", listener.Port);
    }
}
