namespace Moldau.Cli;

/// <summary>To where offsets are reset.</summary>
internal enum ResetKind
{
    Earliest,
    Latest,

    /// <summary>Where they are now, brought into what the log has.</summary>
    Current,
    Offset,

    /// <summary>By a number of records, back when negative.</summary>
    Shift,

    /// <summary>The first record that is not older.</summary>
    Time,
}
