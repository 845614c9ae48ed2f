using System.Text.RegularExpressions;
using Moldau.Core;
using Moldau.Protocol;
using Moldau.Records;

namespace Moldau.Golden;

/// <summary>
/// Appends batches to a log that is only thought of, as the leader and the follower of the golden files do: partition topic-0, leader epoch 7.
/// </summary>
internal static partial class Appender
{
    private const int LeaderEpoch = 7;
    private static readonly TopicPartition Partition = new(new TopicName("topic"), 0);

    /// <summary>What a Produce request of that version gets.</summary>
    public static AppendAnswer Produce(byte[] bytes, short version, AppendSettings settings, long nextOffset, long nowMs)
    {
        var error = RecordValidator.CheckProduceRequest(bytes, version, out int size, out string? message);
        return error == ErrorCode.None
            ? Append(bytes.AsSpan(0, size).ToArray(), settings, AppendOrigin.Client, nextOffset, nowMs)
            : AppendAnswer.Refused(NameOf(error), message);
    }

    /// <summary>What a leader answers to one batch.</summary>
    public static AppendAnswer Append(byte[] batch, AppendSettings settings, AppendOrigin origin, long nextOffset, long nowMs)
    {
        // The quorum's leader appends with the epoch of its batches, whatever that is.
        int leaderEpoch = origin == AppendOrigin.RaftLeader ? new RecordBatchHeader(batch).PartitionLeaderEpoch : LeaderEpoch;
        using var validated = RecordValidator.Validate(batch, Partition, settings, origin, leaderEpoch, nowMs);
        if (!validated.IsOk)
        {
            return AppendAnswer.Refused(NameOf(validated.Error), validated.ErrorMessage) with { RecordErrors = validated.RecordErrors };
        }

        int validBytes = batch.Length;
        long lastOffset = validated.AssignOffsets(nextOffset, leaderEpoch);
        var stored = validated.Bytes.ToArray();
        return CheckProducer(stored, origin) ?? new AppendAnswer
        {
            FirstOffset = nextOffset,
            LastOffset = lastOffset,
            MaxTimestamp = validated.MaxTimestamp,
            LogAppendTime = validated.LogAppendTimeMs,
            ValidBytes = validBytes,
            Stored = stored,
            IsRecompressed = validated.IsRebuilt && new RecordBatchHeader(stored).IsCompressed,
        };
    }

    /// <summary>What a follower does with bytes that it fetched.</summary>
    public static AppendAnswer Follow(byte[] fetched)
    {
        try
        {
            var bytes = fetched.ToArray();
            var append = FollowerAppend.Analyze(bytes, LeaderEpoch);
            var reader = new RecordBatchReader(bytes);
            while (reader.MoveNext())
            {
                if (!reader.Current.IsLegacy && reader.Current.PartitionLeaderEpoch < 0)
                {
                    RecordBatchPatch.SetPartitionLeaderEpoch(bytes.AsSpan(reader.Position, reader.CurrentBytes.Length), LeaderEpoch);
                }
            }

            var stored = bytes[..append.ValidBytes];
            return CheckProducer(stored, origin: null) ?? new AppendAnswer
            {
                FirstOffset = append.FirstOffset,
                LastOffset = append.LastOffset,
                MaxTimestamp = append.MaxTimestamp,
                ValidBytes = append.ValidBytes,
                Stored = stored,
            };
        }
        catch (RecordException error)
        {
            return AppendAnswer.Refused(error is CorruptRecordException ? "CORRUPT_MESSAGE" : "INVALID_RECORD", error.Message);
        }
    }

    /// <summary>The producer state of a log refuses a first epoch below -1 from clients, and reads the first marker of a control batch.</summary>
    private static AppendAnswer? CheckProducer(byte[] bytes, AppendOrigin? origin)
    {
        using var decompressor = RecordDecompressor.Rent();
        foreach (var batch in new RecordBatchReader(bytes))
        {
            if (!batch.HasProducerId)
            {
                continue;
            }

            if (origin == AppendOrigin.Client && batch.ProducerEpoch < RecordBatchLayout.NoProducerEpoch)
            {
                return AppendAnswer.Refused("INVALID_PRODUCER_EPOCH", $"epoch {batch.ProducerEpoch}");
            }

            try
            {
                var records = batch.IsControl ? RecordReader.Open(batch, decompressor) : default;
                if (records.MoveNext())
                {
                    ControlRecords.TryReadMarker(in records.Current, out _);
                }
            }
            catch (InvalidRecordException error)
            {
                return AppendAnswer.Refused("INVALID_RECORD", error.Message);
            }
        }

        return null;
    }

    private static string NameOf(ErrorCode error) => WordStart().Replace(error.ToString(), "_$0").ToUpperInvariant();

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex WordStart();
}
