namespace Moldau.Coordination;

/// <summary>What the registry asks of a collection that remembers.</summary>
internal interface ITimeline
{
    /// <summary>Takes back what changed since the snapshot, which is the newest that the collection knows of.</summary>
    void Revert(long offset);

    /// <summary>Forgets what changed between the snapshot, the oldest that the collection knows of, and the next.</summary>
    void Forget(long offset);
}
