namespace Moldau.Broker;

/// <summary>Whether a request is taken from a connection, known from the first bytes of its header, before its body is read.</summary>
public readonly struct Admission
{
    private Admission(long memoryBytes, string? refusal)
    {
        MemoryBytes = memoryBytes;
        Refusal = refusal;
    }

    /// <summary>What to reserve for the request, frame included.</summary>
    public long MemoryBytes { get; }

    /// <summary>Why the connection is closed instead; null when the request is taken.</summary>
    public string? Refusal { get; }

    public static Admission Taken(long memoryBytes) => new(memoryBytes, refusal: null);

    public static Admission Refused(string reason) => new(0, reason);
}
