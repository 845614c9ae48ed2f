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
}
