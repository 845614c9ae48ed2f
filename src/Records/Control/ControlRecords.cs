using System.Buffers.Binary;
using Moldau.Protocol;

namespace Moldau.Records;

/// <summary>
/// Keys and values of control records. A key is a version and a type; a value is a version and a message. Later versions only add bytes, so that they
/// are read as the known one. Stateless.
/// </summary>
public static class ControlRecords
{
    private const int KeyBytes = 4;
    private const int EndTransactionMarkerBytes = 6;

    /// <summary>The type of a control record by its key; it may be a number without a name. Throws <see cref="InvalidRecordException"/>.</summary>
    public static ControlRecordType TypeOf(scoped in RecordView record)
    {
        if (record.Key.Length < KeyBytes)
        {
            throw new InvalidRecordException($"the key of the control record at offset {record.Offset} has {record.Key.Length} bytes, not {KeyBytes}");
        }

        short version = BinaryPrimitives.ReadInt16BigEndian(record.Key);
        if (version < 0)
        {
            throw new InvalidRecordException($"the key of the control record at offset {record.Offset} has version {version}");
        }

        return (ControlRecordType)BinaryPrimitives.ReadInt16BigEndian(record.Key[sizeof(short)..]);
    }

    /// <summary>
    /// Reads a transaction marker; false when the record is another control record. Throws <see cref="InvalidRecordException"/> when it is none at all.
    /// </summary>
    public static bool TryReadMarker(scoped in RecordView record, out EndTransactionMarker marker)
    {
        marker = default;
        var type = TypeOf(record);
        if (type is not (ControlRecordType.Commit or ControlRecordType.Abort))
        {
            return false;
        }

        short version = record.Value.Length < EndTransactionMarkerBytes ? (short)-1 : BinaryPrimitives.ReadInt16BigEndian(record.Value);
        if (version < 0)
        {
            throw new InvalidRecordException($"the value of the transaction marker at offset {record.Offset} is too short or has a negative version");
        }

        marker = new EndTransactionMarker(type == ControlRecordType.Commit, BinaryPrimitives.ReadInt32BigEndian(record.Value[sizeof(short)..]));
        return true;
    }

    /// <summary>Builds a batch of one transaction marker, as the transaction coordinator has it appended.</summary>
    /// <param name="marker">What happened to the transaction.</param>
    /// <param name="producerId">The producer whose transaction ended.</param>
    /// <param name="producerEpoch">Its epoch.</param>
    /// <param name="timestampMs">Now, in ms since the epoch.</param>
    /// <param name="partitionLeaderEpoch">The leader epoch; -1 when the append assigns it.</param>
    public static byte[] BuildMarker(
        EndTransactionMarker marker,
        long producerId,
        short producerEpoch,
        long timestampMs,
        int partitionLeaderEpoch = RecordBatchLayout.NoPartitionLeaderEpoch)
    {
        var value = new byte[EndTransactionMarkerBytes];
        BinaryPrimitives.WriteInt32BigEndian(value.AsSpan(sizeof(short)), marker.CoordinatorEpoch);
        using var builder = new RecordBatchBuilder();
        builder.Begin(new RecordBatchOptions
        {
            ProducerId = producerId,
            ProducerEpoch = producerEpoch,
            IsTransactional = true,
            IsControl = true,
            PartitionLeaderEpoch = partitionLeaderEpoch,
        });
        builder.Append(timestampMs, KeyOf(marker.IsCommit ? ControlRecordType.Commit : ControlRecordType.Abort), value);
        return builder.BuildArray();
    }

    /// <summary>The options of a batch of the Raft quorum's own control records.</summary>
    public static RecordBatchOptions RaftBatch(long baseOffset, int leaderEpoch) =>
        new() { BaseOffset = baseOffset, PartitionLeaderEpoch = leaderEpoch, IsControl = true };

    /// <summary>
    /// Appends one of the quorum's control records. A message that has a version field must hold <paramref name="version"/> in it: readers go by it.
    /// </summary>
    public static void Append(RecordBatchBuilder builder, long timestampMs, ControlRecordType type, IMessage message, short version)
    {
        var writer = new MessageWriter();
        try
        {
            message.Write(ref writer, version);
            builder.Append(timestampMs, KeyOf(type), writer.ToArray());
        }
        finally
        {
            writer.Dispose();
        }
    }

    /// <summary>
    /// Reads the message of one of the quorum's control records. Throws <see cref="InvalidRecordException"/> when it is none. Byte fields of it are copies.
    /// </summary>
    public static TMessage Read<TMessage>(scoped in RecordView record, short highestVersion)
        where TMessage : class, IMessage<TMessage>
    {
        byte[] value = record.Value.ToArray();
        short version = value.Length < sizeof(short) ? (short)-1 : BinaryPrimitives.ReadInt16BigEndian(value);
        if (version < 0)
        {
            throw new InvalidRecordException($"the value of the control record at offset {record.Offset} is too short or has a negative version");
        }

        try
        {
            var reader = new MessageReader(value);
            return TMessage.Read(ref reader, Math.Min(version, highestVersion));
        }
        catch (ProtocolException error)
        {
            throw new InvalidRecordException($"the value of the control record at offset {record.Offset} cannot be read: {error.Message}");
        }
    }

    /// <summary>The key of a control record of the type.</summary>
    public static byte[] KeyOf(ControlRecordType type)
    {
        var key = new byte[KeyBytes];
        BinaryPrimitives.WriteInt16BigEndian(key.AsSpan(sizeof(short)), (short)type);
        return key;
    }
}
