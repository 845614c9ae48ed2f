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
}
