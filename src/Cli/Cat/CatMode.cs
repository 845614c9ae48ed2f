namespace Moldau.Cli;

/// <summary>What <c>moldau cat</c> does.</summary>
internal enum CatMode
{
    /// <summary>-C, or standard input is a terminal.</summary>
    Consume,

    /// <summary>-P, or standard input is not a terminal.</summary>
    Produce,

    /// <summary>-L: brokers, topics and partitions.</summary>
    List,

    /// <summary>-Q: offsets by time.</summary>
    Query,

    /// <summary>-G: as a member of a group.</summary>
    Group,
}
