namespace Moldau.Simulation;

/// <summary>A record as a client sent it; its value begins with its number, which no other record of the run has.</summary>
internal sealed record SentRecord(long Number, string Key, string? Value, long Timestamp)
{
    public bool IsTombstone => Value is null;
}
