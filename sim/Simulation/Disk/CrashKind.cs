namespace Moldau.Simulation;

/// <summary>What a simulated process dies of.</summary>
public enum CrashKind
{
    /// <summary>The process is killed: the page cache stays, and with it everything that was written.</summary>
    Kill,

    /// <summary>The machine loses power: unsynced bytes and names may be lost, torn or there.</summary>
    PowerLoss,
}
