using System.Buffers;
using Microsoft.Extensions.Logging;

namespace Moldau.Storage;

/// <summary>
/// Splits a segment whose offsets reach further than its indexes can say (2^31 above its base offset). Apache Kafka before 2.0 made such segments when it joined what compaction had left;
/// no later one does. Used by a log's loading thread.
/// </summary>
internal sealed class SegmentSplitter(LogEnvironment environment, string directory, LogConfig config)
{
    /// <summary>
    /// Whether the segment's offsets overflow by right, and not because the offset of a batch is damaged, which no checksum covers: all batches up to the end are intact, their offsets rise,
    /// and a later segment, or a second batch, bears the first one out.
    /// </summary>
    /// <param name="segment">The segment.</param>
    /// <param name="nextBaseOffset">Where the next segment begins; null for the last one.</param>
    public static bool IsOverflowed(Segment segment, long? nextBaseOffset)
    {
        var last = segment.BaseOffset - 1;
        var beyond = 0;
        var isWhole = Walk(segment, (in BatchHeader batch, ReadOnlySpan<byte> bytes) =>
        {
            if (batch.BaseOffset <= last || !batch.IsIntact(bytes))
            {
                return false;
            }

            last = batch.LastOffset;
            beyond += segment.OffsetIndex.CanHold(last) ? 0 : 1;
            return true;
        });
        return isWhole && beyond > 0 && (nextBaseOffset is { } next ? last < next : beyond > 1);
    }

    /// <summary>
    /// Writes the parts beside the segment, durably, under the names that <see cref="LogLoader"/> finishes swaps from: the names of those files. The first part has the segment's base offset,
    /// also when nothing fits into it.
    /// </summary>
    public List<string> Split(Segment segment)
    {
        var parts = new List<Segment> { Part(segment.BaseOffset) };
        Walk(segment, (in BatchHeader batch, ReadOnlySpan<byte> bytes) =>
        {
            if (!parts[^1].OffsetIndex.CanHold(batch.LastOffset))
            {
                parts.Add(Part(batch.BaseOffset));
            }

            parts[^1].Append(bytes, batch.LastOffset);
            return true;
        });
        foreach (var part in parts)
        {
            part.Seal();
            part.Sync();
            part.Close();
        }

        environment.Disk.SyncDirectory(directory);
        environment.Logger.LogWarning("{Segment} holds offsets that its index cannot, as an old broker made it: it is split in {Count}.", segment, parts.Count);

        // From the highest down: as long as one is still .cleaned, those above it are not taken for whole.
        for (var i = parts.Count - 1; i >= 0; i--)
        {
            parts[i].ChangeSuffix(LogFileNames.CleanedSuffix, LogFileNames.SwapSuffix);
        }

        environment.Disk.SyncDirectory(directory);
        return [.. environment.Disk.List(directory).Where(entry => entry.Name.EndsWith(LogFileNames.SwapSuffix, StringComparison.Ordinal)).Select(entry => entry.Name)];
    }

    private static bool Walk(Segment segment, WholeBatchVisitor visitor)
    {
        Span<byte> window = stackalloc byte[BatchHeader.Size];
        var buffer = ArrayPool<byte>.Shared.Rent(1 << 20);
        try
        {
            using var lease = segment.Log.Lease();
            var scanner = new BatchScanner(lease, 0, segment.Size, window);
            while (scanner.MoveNext())
            {
                var size = scanner.Current.SizeInBytes;
                if (buffer.Length < size)
                {
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = ArrayPool<byte>.Shared.Rent(size);
                }

                if (lease.File.Read(buffer.AsSpan(0, size), scanner.Position) != size || !visitor(scanner.Current, buffer.AsSpan(0, size)))
                {
                    return false;
                }
            }

            return scanner.NextPosition == segment.Size;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private Segment Part(long baseOffset) =>
        Segment.Create(environment.Files, directory, baseOffset, config with { SegmentIndexBytes = int.MaxValue }, environment.Time, 0, LogFileNames.CleanedSuffix);
}
