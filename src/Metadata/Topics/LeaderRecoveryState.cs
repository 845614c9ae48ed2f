namespace Moldau.Metadata;

/// <summary>Whether a partition's leader was elected cleanly, or still has to recover from an unclean election (KIP-704).</summary>
public enum LeaderRecoveryState : sbyte
{
    Recovered = 0,
    Recovering = 1,
}
