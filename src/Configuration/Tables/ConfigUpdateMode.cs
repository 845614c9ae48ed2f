namespace Moldau.Configuration;

/// <summary>Where a broker key may be changed while the node runs (KIP-226).</summary>
public enum ConfigUpdateMode
{
    /// <summary>Only in the file, read at start.</summary>
    ReadOnly,

    /// <summary>Dynamically, for one broker at a time.</summary>
    PerBroker,

    /// <summary>Dynamically, for one broker or as the default of all.</summary>
    ClusterWide,

    /// <summary>Only dynamically; it has no place in the file.</summary>
    DynamicOnly,
}
