namespace Moldau.Client;

/// <summary>The kinds of <see cref="OffsetReset"/>.</summary>
public enum OffsetResetKind
{
    /// <summary>What comes from now on.</summary>
    Latest,

    /// <summary>The first record that there is.</summary>
    Earliest,

    /// <summary>Nowhere.</summary>
    None,

    /// <summary>The first record that is not older than a duration.</summary>
    ByDuration,
}
