namespace Moldau.Simulation;

/// <summary>A record as its application knows it.</summary>
internal sealed class LibraryRecord(long number, string topic, string producer, LibraryTransaction? transaction)
{
    public long Number => number;

    public string Topic => topic;

    /// <summary>The producer that sent it, of one life of its application: its records of a partition keep their order.</summary>
    public string Producer => producer;

    public LibraryTransaction? Transaction => transaction;

    public SentState State { get; set; }

    public int Partition { get; set; } = -1;

    /// <summary>-1 when the producer was not told.</summary>
    public long Offset { get; set; } = -1;
}
