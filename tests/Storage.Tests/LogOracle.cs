namespace Moldau.Storage.Tests;

/// <summary>A log as simple as it can be: a list of batches.</summary>
internal sealed class LogOracle
{
    private readonly List<(long First, long Last, byte[] Bytes)> batches = [];

    public long Start { get; private set; }

    public long End { get; private set; }

    public IReadOnlyList<(long First, long Last, byte[] Bytes)> Batches => batches;

    public void Append(long first, long last, byte[] bytes)
    {
        batches.Add((first, last, bytes));
        End = last + 1;
    }

    public void TruncateTo(long offset)
    {
        if (offset < End)
        {
            batches.RemoveAll(batch => batch.Last >= offset);
            End = offset;
            Start = Math.Min(Start, offset);
        }
    }

    public void StartAt(long offset) => Start = Math.Max(Start, offset);

    /// <summary>All bytes from the batch that holds the offset to the end.</summary>
    public byte[] From(long offset) => [.. batches.Where(batch => batch.Last >= offset).SelectMany(batch => batch.Bytes)];
}
