namespace Moldau.Security;

/// <summary>What is measured and limited per client (KIP-13, KIP-124, KIP-599).</summary>
public enum QuotaKind
{
    /// <summary>Bytes produced per second.</summary>
    Produce,

    /// <summary>Bytes fetched per second.</summary>
    Fetch,

    /// <summary>Time of the node's threads, in milliseconds.</summary>
    Request,

    /// <summary>Partitions created and deleted per second.</summary>
    ControllerMutation,
}
