namespace Moldau.Simulation;

/// <summary>Bugs beside the disk's that the scenarios must find (docs/simulation.md): lies of the clock, of the network, and of clients that stand for what the node would answer wrongly.</summary>
public enum OtherBug
{
    None,

    /// <summary>Durable appends are acknowledged before they are synced.</summary>
    AcksBeforeSync,

    /// <summary>After the largest sequence comes 1, not 0.</summary>
    SequenceWrap,

    /// <summary>A batch that is sent again is taken for a new one.</summary>
    DuplicateTaken,

    /// <summary>The node's wall clock is ten days ahead: retention takes what is not due.</summary>
    ClockAhead,

    /// <summary>Buffers of answers are used again before they were sent.</summary>
    BufferReused,

    /// <summary>An answer is not sent now and then.</summary>
    AnswerForgotten,

    /// <summary>A commit of a member that lost its partition is taken, as if it came from the one that owns it now.</summary>
    StaleEpochTaken,

    /// <summary>A transaction ends otherwise than its client was told: a marker with the wrong decision.</summary>
    DecisionTurned,

    /// <summary>Offsets of a transaction are seen before it has ended.</summary>
    OffsetsBeforeEnd,

    /// <summary>Readers of what is committed get what is not.</summary>
    OpenTransactionsShown,

    /// <summary>The client gives a sequence to two batches. As all that follow, a file of <c>sim/SimulatedClient/Flaws</c>.</summary>
    SequenceReused,

    /// <summary>The client sends a batch again under another sequence.</summary>
    RetryAsNew,

    /// <summary>Records overtake those that wait for memory.</summary>
    WaitingOvertaken,

    /// <summary>Memory of batches that were sent more than once does not come back.</summary>
    MemoryForgotten,

    /// <summary>The consumer commits what it has not handed out.</summary>
    CommitAhead,

    /// <summary>The consumer goes on behind the end of a log that was cut.</summary>
    TruncationIgnored,

    /// <summary>The consumer reads a partition on that its group took away.</summary>
    RevokedKept,

    /// <summary>A transaction ends before its records are acknowledged.</summary>
    EndBeforeFlush,

    /// <summary>The consumer shows records of aborted transactions.</summary>
    AbortedShown,

    /// <summary>A flush ends while records wait for memory.</summary>
    FlushTooEarly,

    /// <summary>A member that leaves while its group comes together does not commit what it is done with.</summary>
    JoinAbandoned,
}
