using Moldau.Records;

namespace Moldau.Storage;

/// <summary>Finds records by time within one batch.</summary>
internal static class RecordTimes
{
    /// <summary>The first record of the batch at or behind <paramref name="startOffset"/> with a timestamp of at least
    /// <paramref name="timestamp"/>.</summary>
    public static TimestampOffset? First(byte[] batch, long timestamp, long startOffset)
    {
        using var decompressor = RecordDecompressor.Rent();
        var records = RecordReader.Open(new RecordBatchHeader(batch), decompressor);
        while (records.MoveNext())
        {
            if (records.Current.Timestamp >= timestamp && records.Current.Offset >= startOffset)
            {
                return new TimestampOffset(records.Current.Timestamp, records.Current.Offset);
            }
        }

        return null;
    }
}
