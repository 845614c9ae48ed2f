namespace Moldau.Coordination;

/// <summary>What an operation on a shard decided: the records that make it so, and the answer that is given when they are committed. The operation itself changed nothing.</summary>
/// <param name="Records">The records to append; none for an answer alone, which still waits for what was written before it.</param>
/// <param name="Response">The answer.</param>
/// <param name="AfterAppend">
/// Called on the shard's thread once the records are committed, with null, or could not be appended, with the reason. For what lives in memory only, as the waiting members of a classic
/// group.
/// </param>
/// <param name="ReplayRecords">Whether the records are replayed at once. Classic groups change their own state in <paramref name="AfterAppend"/> instead.</param>
/// <param name="IsAtomic">Whether the records must lie in one batch; otherwise they may be spread over several when they do not fit.</param>
public readonly record struct CoordinatorResult<TResponse>(
    IReadOnlyList<CoordinatorRecord> Records,
    TResponse Response,
    Action<CoordinatorException?>? AfterAppend = null,
    bool ReplayRecords = true,
    bool IsAtomic = true)
{
    /// <summary>An answer without records.</summary>
    public static implicit operator CoordinatorResult<TResponse>(TResponse response) => new([], response);
}
