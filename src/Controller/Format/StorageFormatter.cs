using Moldau.Core;
using Moldau.Metadata;
using Moldau.Raft;
using Moldau.Runtime;
using Moldau.Storage;

namespace Moldau.Controller;

/// <summary>
/// Makes log directories ready for a node, as <c>storage format</c> of Kafka 4.4 does: <c>meta.properties</c> in each, and in the metadata directory the
/// snapshot 0-0 with the
/// features, users and, for a dynamic quorum, kraft.version and the first voters. Set what is wanted, call <see cref="Format"/> once.
/// </summary>
public sealed class StorageFormatter(IDisk disk, TimeProvider time, IEntropy entropy)
{
    public required string ClusterId { get; init; }

    public required int NodeId { get; init; }

    /// <summary>All of <c>log.dirs</c>, with the metadata directory.</summary>
    public required IReadOnlyList<string> Directories { get; init; }

    /// <summary><c>metadata.log.dir</c>, one of the directories.</summary>
    public required string MetadataDirectory { get; init; }

    /// <summary>The first of <c>controller.listener.names</c>.</summary>
    public string ControllerListenerName { get; init; } = "CONTROLLER";

    /// <summary><c>--release-version</c></summary>
    public string? ReleaseVersion { get; init; }

    /// <summary><c>--feature</c>, by name.</summary>
    public IReadOnlyDictionary<string, short> Features { get; init; } = new Dictionary<string, short>();

    /// <summary><c>--add-scram</c></summary>
    public IReadOnlyList<string> ScramArguments { get; init; } = [];

    /// <summary>The process is a controller; a mere broker gets no snapshot.</summary>
    public bool IsController { get; init; } = true;

    /// <summary><c>controller.quorum.voters</c> is set.</summary>
    public bool HasStaticVoters { get; init; }

    /// <summary><c>--standalone</c>: where this node's controller listener is reached, as the only voter. Its directory id is made here.</summary>
    public VoterEndpoint? Standalone { get; init; }

    /// <summary><c>--initial-controllers</c></summary>
    public IReadOnlyList<InitialController>? InitialControllers { get; init; }

    /// <summary><c>--no-initial-controllers</c></summary>
    public bool NoInitialControllers { get; init; }

    /// <summary><c>--ignore-formatted</c>: directories that are formatted stay as they are.</summary>
    public bool IgnoreFormatted { get; init; }

    /// <summary>Formats; returns the lines to print.</summary>
    /// <exception cref="StorageFormatException">What is asked for cannot be done; nothing was written.</exception>
    /// <exception cref="DiskException">The disk failed.</exception>
    public IReadOnlyList<string> Format()
    {
        CheckArguments();
        IReadOnlyList<InitialController>? controllers = Standalone is { } endpoint
            ? [new InitialController(NodeId, endpoint.Host, endpoint.Port, NewDirectoryId())]
            : InitialControllers;
        bool isDynamic = controllers is not null || NoInitialControllers;
        MetadataVersion release = FormatFeatures.Release(ReleaseVersion, Features);
        SortedDictionary<string, short> levels = FormatFeatures.Effective(release, Features, isDynamic);
        List<MetadataRecord> records = [.. FormatFeatures.ToRecords(levels)];
        if (ScramArguments.Count > 0 && !release.IsScramSupported)
        {
            throw new StorageFormatException($"SCRAM is only supported in {MetadataVersion.FeatureName} {new MetadataVersion(11)} or later.");
        }
        records.AddRange(ScramArguments.Select(argument => ScramArgument.ToRecord(argument, entropy)));

        List<string> empty = EmptyDirectories();
        if (empty.Count == 0)
        {
            return ["All of the log directories are already formatted."];
        }
        List<string> lines = [];
        foreach (string directory in empty)
        {
            lines.Add(FormatOne(directory, controllers, isDynamic, levels[KnownFeatures.KRaftVersion], release, records));
        }
        return lines;
    }

    private void CheckArguments()
    {
        if (NodeId < 0)
        {
            throw new StorageFormatException("You must specify a valid non-negative node ID.");
        }
        if (string.IsNullOrEmpty(ClusterId))
        {
            throw new StorageFormatException("You must specify the cluster id.");
        }
        if (Directories.Count == 0)
        {
            throw new StorageFormatException("You must specify at least one directory to format");
        }
        if (!Directories.Contains(MetadataDirectory))
        {
            throw new StorageFormatException(
                $"The specified metadata log directory, {MetadataDirectory} was not one of the given directories: [{string.Join(", ", Directories)}]");
        }
        bool hasChoice = Standalone is not null || InitialControllers is not null || NoInitialControllers;
        if (HasStaticVoters && hasChoice)
        {
            throw new StorageFormatException(
                "controller.quorum.voters must not be set with --standalone, --initial-controllers, or --no-initial-controllers: "
                + "the voters come from one place.");
        }
        if (IsController && !HasStaticVoters && !hasChoice)
        {
            throw new StorageFormatException(
                "Because controller.quorum.voters is not set on this controller, you must specify one of the following: "
                + "--standalone, --initial-controllers, or "
                + "--no-initial-controllers.");
        }
    }

    private List<string> EmptyDirectories()
    {
        List<string> empty = [];
        foreach (string directory in Directories.Distinct().Order(StringComparer.Ordinal))
        {
            if (!disk.DirectoryExists(directory) || MetaProperties.Read(disk, directory) is not { } known)
            {
                empty.Add(directory);
                continue;
            }
            if (known.ClusterId is { } cluster && cluster != ClusterId)
            {
                throw new StorageFormatException($"Invalid cluster.id in: {directory}/{LogFileNames.MetaProperties}. Expected {ClusterId}, but read {cluster}");
            }
            if (known.NodeId is { } node && node != NodeId)
            {
                throw new StorageFormatException(
                    $"Stored node id {node} doesn't match previous node id {NodeId} in {directory}/{LogFileNames.MetaProperties}.");
            }
            if (!IgnoreFormatted)
            {
                throw new StorageFormatException(
                    $"Log directory {directory} is already formatted. Use --ignore-formatted to ignore this directory and format the others.");
            }
        }
        return empty;
    }

    private string FormatOne(
        string directory,
        IReadOnlyList<InitialController>? controllers,
        bool isDynamic,
        short kraftVersion,
        MetadataVersion release,
        List<MetadataRecord> records)
    {
        bool isMetadata = directory == MetadataDirectory;
        InitialController? own = isMetadata ? controllers?.FirstOrDefault(controller => controller.NodeId == NodeId) : null;
        string kind = !isMetadata ? "data directory"
            : !isDynamic ? "metadata directory"
            : own is null ? "dynamic metadata directory"
            : "dynamic metadata voter directory";
        disk.CreateDirectoryDurably(directory);
        if (isMetadata && IsController)
        {
            WriteSnapshot(directory, controllers, kraftVersion, records);
        }
        // Last: a directory with meta.properties counts as formatted.
        new MetaProperties(MetaProperties.CurrentVersion, ClusterId, NodeId, own?.DirectoryId ?? NewDirectoryId()).Write(disk, directory, time.GetUtcNow());
        return $"Formatting {kind} {directory} with {MetadataVersion.FeatureName} {release}.";
    }

    private void WriteSnapshot(string directory, IReadOnlyList<InitialController>? controllers, short kraftVersion, List<MetadataRecord> records)
    {
        string log = $"{directory}/{LogFileNames.MetadataTopic}-0";
        disk.CreateDirectory(log);
        disk.SyncDirectory(directory);
        VoterSet? voters = controllers is null ? null : InitialController.ToVoterSet(controllers, ControllerListenerName);
        using var writer = new SnapshotWriter(
            new SnapshotFiles(disk, log), time, OffsetAndEpoch.Bootstrap, time.GetUtcNow().ToUnixTimeMilliseconds(), kraftVersion, voters);
        writer.Append([.. records.Select(record => new ReadOnlyMemory<byte>(MetadataRecordSerde.Write(record)))]);
        writer.Freeze();
    }

    private Uuid NewDirectoryId()
    {
        Span<byte> bytes = stackalloc byte[Uuid.SizeBytes];
        entropy.Fill(bytes);
        return Uuid.FromRandom(bytes);
    }
}
