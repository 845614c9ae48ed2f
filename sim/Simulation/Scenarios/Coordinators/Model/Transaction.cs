namespace Moldau.Simulation;

/// <summary>A transaction as its client knows it: what it wrote, and which ends are possible.</summary>
internal sealed class Transaction(string transactionalId, long number)
{
    public string Name { get; } = $"transaction {number} of {transactionalId}";

    /// <summary>The numbers of its records, by partition.</summary>
    public SortedDictionary<int, List<long>> Records { get; } = [];

    /// <summary>The offset of a group that it commits; -1 when none.</summary>
    public long CommitsOffset { get; set; } = -1;

    /// <summary>A commit was sent: it may have happened.</summary>
    public bool MayCommit { get; set; }

    /// <summary>The commit was answered, or its records were seen.</summary>
    public bool IsCommitted { get; private set; }

    /// <summary>The abort was answered, or nobody ever asked for a commit.</summary>
    public bool IsAborted { get; private set; }

    public void Commit(string how)
    {
        Require(MayCommit, $"T5: it is committed ({how}), and nobody asked for that");
        Require(!IsAborted, $"T5: it is aborted, and committed ({how})");
        IsCommitted = true;
    }

    public void Abort(string how)
    {
        Require(!IsCommitted, $"T5: it is committed, and aborted ({how})");
        IsAborted = true;
    }

    /// <summary>Its client is gone or was fenced: what was not asked to be committed never is.</summary>
    public void Abandon()
    {
        if (!MayCommit)
        {
            IsAborted = true;
        }
    }

    public void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new SimulationFailedException($"{Name}: {what}");
        }
    }
}
