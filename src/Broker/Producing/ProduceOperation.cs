using System.Collections.Concurrent;
using System.Text;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Records;
using Moldau.Replication;

namespace Moldau.Broker.Producing;

/// <summary>
/// One produce request while it is served: its topics and partitions in two arrays that the next request uses again, so that a stream of requests costs no memory. Belongs to one request
/// between <see cref="Rent"/> and <see cref="Return"/>; not for two threads at a time.
/// </summary>
internal sealed partial class ProduceOperation
{
    private const short TopicIdVersion = 13;

    private static readonly ConcurrentQueue<ProduceOperation> Pool = new();
    private static readonly int KeptMax = 4 * Environment.ProcessorCount;

    /// <summary>An operation with more partitions than that is not kept.</summary>
    private const int PartitionsKeptMax = 4096;

    private ProduceTopic[] _topics = new ProduceTopic[1];
    private ProducePartition[] _partitions = new ProducePartition[1];
    private List<ProduceResponse.NodeEndpoint>? _nodeEndpoints;
    private int _topicCount;
    private int _partitionCount;

    private ProduceOperation()
    {
    }

    public short Acks { get; private set; }

    public int TimeoutMs { get; private set; }

    /// <summary>At least one batch is of a transaction.</summary>
    public bool IsTransactional { get; private set; }

    /// <summary>Set with <see cref="IsTransactional"/> alone; null when the request has none.</summary>
    public string? TransactionalId { get; private set; }

    /// <summary>Decompressing, compressing, or a log's first look at its files: work for a thread that may take long.</summary>
    public bool TakesLong { get; private set; }

    public Span<ProduceTopic> Topics => _topics.AsSpan(0, _topicCount);

    /// <summary>The partitions of all topics, in the order of the request.</summary>
    public Span<ProducePartition> Partitions => _partitions.AsSpan(0, _partitionCount);

    /// <summary>An operation that nobody else uses.</summary>
    public static ProduceOperation Rent() => Pool.TryDequeue(out var operation) ? operation : new ProduceOperation();

    /// <summary>Gives it back, for another request.</summary>
    public void Return()
    {
        if (_partitions.Length <= PartitionsKeptMax && Pool.Count < KeptMax)
        {
            Topics.Clear();
            Partitions.Clear();
            _nodeEndpoints = null;
            _topicCount = 0;
            _partitionCount = 0;
            IsTransactional = false;
            TransactionalId = null;
            TakesLong = false;
            Pool.Enqueue(this);
        }
    }

    /// <summary>Reads the whole request and finds its partitions. Throws <see cref="ProtocolException"/> when it is malformed; the operation has no further use then.</summary>
    public void Read(ReadOnlyMemory<byte> body, short version, TopicsImage image, ReplicaManager replicas, Utf8Names names)
    {
        var reader = ProduceRequestReader.Open(body, version);
        Acks = reader.Acks;
        TimeoutMs = reader.TimeoutMs;
        while (reader.NextTopic())
        {
            var hasId = version >= TopicIdVersion;
            var name = hasId ? "" : names.Get(reader.TopicName);
            var known = hasId ? image.Find(reader.TopicId) : image.Find(name);
            Add(ref _topics, ref _topicCount, new ProduceTopic(name, reader.TopicId, known, _partitionCount, reader.PartitionCount));
            while (reader.NextPartition())
            {
                var partition = new ProducePartition(reader.Partition, reader.Records ?? default);
                Find(ref partition, known?.Name ?? name, replicas);
                Add(ref _partitions, ref _partitionCount, partition);
            }
        }

        TransactionalId = IsTransactional && reader.IsTransactional ? Encoding.UTF8.GetString(reader.TransactionalId) : null;
    }

    private void Find(ref ProducePartition partition, string topic, ReplicaManager replicas)
    {
        partition.Replica = replicas.Find(topic, partition.Index, out var error);
        partition.Error = error;
        if (partition.Records.Length < RecordBatchLayout.HeaderBytes)
        {
            return;
        }

        var batch = new RecordBatchHeader(partition.Records.Span);
        IsTransactional |= batch.IsTransactional;
        TakesLong |= partition.Replica is { } replica
            && (!replica.Log.IsLoaded || RecordValidator.TakesLong(batch, replica.Log.Config.Compression) || replica.Log.IsRollDue(partition.Records.Length, batch.MaxTimestamp));
    }

    private static void Add<T>(ref T[] items, ref int count, T item)
    {
        if (count == items.Length)
        {
            Array.Resize(ref items, count * 2);
        }

        items[count++] = item;
    }
}
