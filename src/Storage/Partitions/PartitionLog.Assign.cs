using System.Runtime.CompilerServices;
using Moldau.Protocol;
using Moldau.Records;
using Moldau.Runtime;

namespace Moldau.Storage;

public sealed partial class PartitionLog
{
    private static readonly ConditionalWeakTable<LogConfig, AppendSettings> Settings = [];
    private volatile AppendSettings appendSettings;

    /// <summary>
    /// Checks a batch before the lock is taken, then gives it its offsets and the leader's epoch and writes it: the bytes that came, patched, or a rebuilt
    /// copy where the topic wants another compression.
    /// </summary>
    private AppendResult AppendUnassigned(Memory<byte> records, int leaderEpoch, AppendOrigin origin, VerificationGuard guard, short transactionVersion)
    {
        if (!BatchHeader.TryRead(records.Span, out var header) || header.SizeInBytes > records.Length)
        {
            return Fail(ErrorCode.CorruptMessage, $"{records.Length} bytes for {Partition} are no record batch");
        }

        if (BatchHeader.TryRead(records.Span[header.SizeInBytes..], out var second) && second.SizeInBytes <= records.Length - header.SizeInBytes)
        {
            return Fail(ErrorCode.InvalidRecord, $"Only one batch may be appended to {Partition} at once");
        }

        using var validated = RecordValidator.Validate(records[..header.SizeInBytes], Partition, appendSettings, origin, leaderEpoch, environment.NowMs);
        if (!validated.IsOk)
        {
            return Fail(validated.Error, validated.ErrorMessage) with { RecordErrors = validated.RecordErrors };
        }

        lock (gate)
        {
            try
            {
                EnsureLoaded();
                if (isReplaced)
                {
                    // Another log directory has the partition since: a client that asks again finds it there.
                    return Fail(ErrorCode.NotLeaderOrFollower, $"{Partition} has moved to another log directory");
                }

                validated.AssignOffsets(LogEndOffset, leaderEpoch);
                var bytes = validated.Bytes.Span;
                BatchHeader.TryRead(bytes, out var batch);
                var batches = default(BatchSummary);
                batches.Add(batch);
                var source = origin == AppendOrigin.Client ? AppendSource.Client : AppendSource.Coordinator;
                return Write(bytes, batches, source, guard, transactionVersion, validated.LogAppendTimeMs);
            }
            catch (DiskException exception)
            {
                return Abandon(exception);
            }
        }
    }

    /// <summary>One object for all logs of a configuration.</summary>
    private static AppendSettings SettingsOf(LogConfig config) => Settings.GetValue(config, Make);

    private static AppendSettings Make(LogConfig config) => new()
    {
        TimestampType = config.LogAppendTime ? TimestampType.LogAppendTime : TimestampType.CreateTime,
        TimestampBeforeMaxMs = config.MessageTimestampBeforeMaxMs,
        TimestampAfterMaxMs = config.MessageTimestampAfterMaxMs,
        Compression = config.Compression,
        IsCompacted = config.Compact,
        MessageBytesMax = config.MaxMessageBytes,
        DecompressedMessageBytesMax = Math.Min(config.MaxDecompressedMessageBytes, RecordReader.RecordBytesMaxDefault),
    };
}
