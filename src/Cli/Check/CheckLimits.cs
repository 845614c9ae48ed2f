namespace Moldau.Cli;

/// <summary>Where <c>moldau check</c> begins to complain.</summary>
internal sealed record CheckLimits
{
    /// <summary>Records that a group may be behind before it is a warning.</summary>
    public long MaxLag { get; init; } = 100_000;

    /// <summary>Percent of a volume that may be used before it is a warning.</summary>
    public int DiskWarningPercent { get; init; } = 80;

    /// <summary>Percent of a volume that may be used before it is an error.</summary>
    public int DiskErrorPercent { get; init; } = 92;

    /// <summary>Records that a voter may be behind the leader of the quorum.</summary>
    public long MaxQuorumLag { get; init; } = 1000;

    /// <summary>Milliseconds that a voter may not have fetched for: it does so several times a second.</summary>
    public long MaxQuorumSilenceMs { get; init; } = 5000;
}
