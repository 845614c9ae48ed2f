namespace Moldau.Client;

/// <summary>Which way a feature's level goes (KIP-778). The numbers are the protocol's.</summary>
public enum FeatureUpgradeType : sbyte
{
    /// <summary>None of these; controllers refuse it (INVALID_UPDATE_VERSION).</summary>
    Unknown = 0,

    /// <summary>Up.</summary>
    Upgrade = 1,

    /// <summary>Down, where nothing is lost.</summary>
    SafeDowngrade = 2,

    /// <summary>Down, whatever is lost.</summary>
    UnsafeDowngrade = 3,
}
