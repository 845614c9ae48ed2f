using Moldau.Configuration;
using Moldau.Metadata;

namespace Moldau.Controller;

/// <summary>What a controller is told at its start.</summary>
public sealed record ControllerOptions
{
    public required NodeConfiguration Node { get; init; }

    public required string ClusterId { get; init; }

    /// <summary>What an empty log begins with, when no formatted snapshot says it.</summary>
    public IReadOnlyList<MetadataRecord> BootstrapRecords { get; init; } = [];

    /// <summary>The ids of the quorum's voters; asked for when features change.</summary>
    public Func<IReadOnlyCollection<int>>? QuorumIds { get; init; }

    /// <summary>The image that the node's loader has made of the same log. Where it stands at the same offset the controller goes on with it: a node needs one image in memory, not two.</summary>
    public Func<MetadataImage>? LoadedImage { get; init; }

    /// <summary>Lines worth a log entry.</summary>
    public Action<string>? Log { get; init; }
}
