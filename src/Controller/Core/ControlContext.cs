using Moldau.Configuration;
using Moldau.Core;
using Moldau.Runtime;

namespace Moldau.Controller;

/// <summary>What a manager may know besides the image and the request. Made anew for each operation; managers keep nothing.</summary>
public sealed record ControlContext
{
    /// <summary>The controller's own configuration, dynamic cluster defaults included.</summary>
    public required NodeConfiguration Node { get; init; }

    /// <summary>Source of topic ids, ACL ids and placement offsets.</summary>
    public required IEntropy Entropy { get; init; }

    public required string ClusterId { get; init; }

    /// <summary>Milliseconds since the epoch.</summary>
    public required long NowMs { get; init; }

    /// <summary>The offset that the first record of this operation will have.</summary>
    public required long NextOffset { get; init; }

    /// <summary>The version of the request, where the answer depends on it.</summary>
    public short ApiVersion { get; init; }

    /// <summary>Who asks, as <c>User:name</c>.</summary>
    public string Principal { get; init; } = "User:ANONYMOUS";

    /// <summary>Whether the answer to CreateTopics may name the configuration of that topic; null allows all.</summary>
    public Predicate<string>? MayDescribeConfigs { get; init; }

    /// <summary>The feature ranges this controller supports.</summary>
    public IReadOnlyDictionary<string, Metadata.VersionRange> SupportedFeatures { get; init; } = Metadata.KnownFeatures.SupportedRanges;

    /// <summary>The ids of the metadata quorum's voters; empty when unknown.</summary>
    public IReadOnlyCollection<int> QuorumIds { get; init; } = [];

    public Uuid NewUuid()
    {
        Span<byte> random = stackalloc byte[Uuid.SizeBytes];
        Entropy.Fill(random);
        return Uuid.FromRandom(random);
    }

    /// <summary>A number from 0 to below <paramref name="limit"/>.</summary>
    public int NextInt(int limit)
    {
        Span<byte> random = stackalloc byte[4];
        Entropy.Fill(random);
        return (int)(System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(random) % (uint)limit);
    }
}
