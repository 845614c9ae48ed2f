namespace Moldau.Storage;

/// <summary>What one compaction of one log read and wrote. Written by the cleaner that does it.</summary>
internal sealed class CompactionStatistics
{
    public long MapBytesRead { get; set; }

    public long MapKeys { get; set; }

    public long MapSizeBytes { get; set; }

    /// <summary>How full the map got, from 0 to 1, of what it may hold with all the memory that it may take.</summary>
    public double MapUtilization { get; set; }

    public long BytesRead { get; set; }

    public long BytesWritten { get; set; }

    public long RecordsRead { get; set; }

    public long RecordsWritten { get; set; }

    public long RecordsWithoutKey { get; set; }

    public long ElapsedMs { get; set; }
}
