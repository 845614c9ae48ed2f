namespace Moldau.Simulation;

/// <summary>What a producer's application knows of a record that it sent.</summary>
internal enum SentState
{
    /// <summary>Its task has not ended, or its process died before.</summary>
    Open,

    Acknowledged,

    Failed,
}
