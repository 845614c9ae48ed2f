using System.Diagnostics;
using System.Globalization;
using System.Text;
using Moldau.Core;

namespace Moldau.Client;

/// <summary>A record in the hands of a worker: a copy of its own, good for as long as one likes. Immutable; safe from any thread.</summary>
public sealed class WorkerRecord
{
    private readonly byte[] _bytes;
    private readonly int _keyLength;

    internal WorkerRecord(in ConsumeRecord record)
    {
        TopicPartition = record.TopicPartition;
        Offset = record.Offset;
        Timestamp = record.Timestamp;
        HasKey = record.HasKey;
        HasValue = record.HasValue;
        _keyLength = record.Key.Length;
        _bytes = new byte[record.Key.Length + record.Value.Length];
        record.Key.CopyTo(_bytes);
        record.Value.CopyTo(_bytes.AsSpan(_keyLength));
        Headers = HeadersOf(record);
        OriginalTopic = Text(WorkerHeaders.Topic) ?? TopicPartition.Topic;
        OriginalPartition = (int)(Number(WorkerHeaders.Partition) ?? TopicPartition.Partition);
        OriginalOffset = Number(WorkerHeaders.Offset) ?? Offset;
        EarlierDeliveries = (int)(Number(WorkerHeaders.DeliveryCount) ?? 0);
        Stage = (int)(Number(WorkerHeaders.RetryStage) ?? -1);
        NotBeforeMs = Number(WorkerHeaders.RetryNotBefore) ?? 0;
    }

    /// <summary>Topic and partition that it was read from; a retry topic when it was put aside before.</summary>
    public TopicPartition TopicPartition { get; }

    /// <summary>Its offset there.</summary>
    public long Offset { get; }

    /// <summary>When it was made, or appended where the topic says so.</summary>
    public DateTimeOffset Timestamp { get; }

    /// <summary>Whether there is a key, which may be empty.</summary>
    public bool HasKey { get; }

    /// <summary>The key; empty when there is none.</summary>
    public ReadOnlyMemory<byte> Key => _bytes.AsMemory(0, _keyLength);

    /// <summary>Whether there is a value; a record without one is a tombstone.</summary>
    public bool HasValue { get; }

    /// <summary>The value; empty when there is none.</summary>
    public ReadOnlyMemory<byte> Value => _bytes.AsMemory(_keyLength);

    /// <summary>The headers, in their order.</summary>
    public IReadOnlyList<WorkerHeader> Headers { get; }

    /// <summary>The topic that it was in at first.</summary>
    public string OriginalTopic { get; }

    /// <summary>Its partition there.</summary>
    public int OriginalPartition { get; }

    /// <summary>Its offset there.</summary>
    public long OriginalOffset { get; }

    /// <summary>How often handlers have had it before it was put aside; 0 when it never was.</summary>
    public int EarlierDeliveries { get; }

    /// <summary>The retry topic's number; -1 when it comes from its first topic.</summary>
    internal int Stage { get; }

    /// <summary>When it may be tried, in milliseconds since the epoch.</summary>
    internal long NotBeforeMs { get; }

    internal Activity? StartActivity(string group) =>
        Tracing.IsEnabled ? Tracing.StartProcess(TopicPartition, Offset, group, Text(Tracing.TraceParent), Text(Tracing.TraceState)) : null;

    private static WorkerHeader[] HeadersOf(in ConsumeRecord record)
    {
        if (record.HeaderCount == 0)
        {
            return [];
        }

        var headers = new WorkerHeader[record.HeaderCount];
        int at = 0;
        foreach (ConsumeHeader header in record.Headers)
        {
            headers[at++] = new WorkerHeader(header.Name, header.HasValue ? header.Value.ToArray() : default(ReadOnlyMemory<byte>?));
        }

        return headers;
    }

    private string? Text(string name)
    {
        for (int i = Headers.Count - 1; i >= 0; i--)
        {
            if (Headers[i].Name == name)
            {
                return Headers[i].Value is { } value ? Encoding.UTF8.GetString(value.Span) : null;
            }
        }

        return null;
    }

    private long? Number(string name) => long.TryParse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
}
