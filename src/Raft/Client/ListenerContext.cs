namespace Moldau.Raft;

/// <summary>A listener and how far it has come. Used on the client's serial queue only.</summary>
internal sealed class ListenerContext(IRaftListener listener)
{
    public IRaftListener Listener { get; } = listener;

    /// <summary>The next offset it gets; null before its first snapshot or commit.</summary>
    public long? NextOffset { get; set; }

    /// <summary>The leader it was told last.</summary>
    public LeaderAndEpoch? Told { get; set; }
}
