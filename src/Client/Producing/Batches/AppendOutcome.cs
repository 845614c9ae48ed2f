namespace Moldau.Client;

/// <summary>What became of a record that was to be appended.</summary>
internal enum AppendOutcome
{
    Appended,

    /// <summary>There is no memory for another batch.</summary>
    NeedsMemory,
}
