using Moldau.Embedded;

namespace Moldau.Testing;

/// <summary>What a <see cref="TestNode"/> starts with: all that a node in a process has, and its clock. The seams that faults and clock need are the test node's own, and are set by it.</summary>
public sealed class TestNodeOptions : MoldauNodeOptions
{
    /// <summary>Whether the node has a clock of its own, which <see cref="NodeTime.AdvanceAsync"/> moves; false, the default, gives it the system's.</summary>
    public bool UsesVirtualTime { get; set; }

    /// <summary>Where a virtual clock begins; null, the default, for now. Records whose timestamps are far from it are refused as Apache Kafka refuses them.</summary>
    public DateTimeOffset? StartTime { get; set; }

    /// <summary>The seed of the node's randomness, from which cluster id and topic ids come: the same seed, the same identifiers. Null, the default, takes the system's randomness.</summary>
    public int? Seed { get; set; }
}
