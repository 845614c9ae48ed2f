namespace Moldau.Cli;

/// <summary>How the first offset of a partition is found.</summary>
internal enum StartKind
{
    Beginning,
    End,

    /// <summary>What the group has committed.</summary>
    Stored,

    /// <summary>This offset.</summary>
    Offset,

    /// <summary>So many records before the end.</summary>
    BeforeEnd,

    /// <summary>The first record that is not older.</summary>
    Timestamp,
}
