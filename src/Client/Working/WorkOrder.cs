namespace Moldau.Client;

/// <summary>Which records a worker must not handle at the same time, nor overtake one another.</summary>
public enum WorkOrder
{
    /// <summary>Those of one key within a partition; records without a key are free.</summary>
    Key,

    /// <summary>Those of one partition.</summary>
    Partition,

    /// <summary>None.</summary>
    None,
}
