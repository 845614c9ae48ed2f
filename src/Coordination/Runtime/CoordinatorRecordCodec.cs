using Moldau.Protocol;

namespace Moldau.Coordination;

/// <summary>Turns the records of one kind of coordinator into bytes and back. Stateless; any thread.</summary>
public sealed class CoordinatorRecordCodec
{
    /// <summary>The records of <c>__consumer_offsets</c>.</summary>
    public static readonly CoordinatorRecordCodec Group = new(MessageKind.GroupKey, MessageKind.GroupValue);

    /// <summary>The records of <c>__share_group_state</c>.</summary>
    public static readonly CoordinatorRecordCodec Share = new(MessageKind.ShareKey, MessageKind.ShareValue);

    /// <summary>The records of <c>__transaction_state</c>.</summary>
    public static readonly CoordinatorRecordCodec Transaction = new(MessageKind.TransactionKey, MessageKind.TransactionValue);

    private readonly MessageKind _keys;
    private readonly MessageKind _values;

    private CoordinatorRecordCodec(MessageKind keys, MessageKind values)
    {
        _keys = keys;
        _values = values;
    }

    public static byte[] WriteKey(CoordinatorRecord record)
    {
        var writer = new MessageWriter(64);
        try
        {
            RecordFrame.WriteKey(ref writer, record.Key);
            return writer.ToArray();
        }
        finally
        {
            writer.Dispose();
        }
    }

    /// <summary>The bytes of the value; null for a tombstone.</summary>
    public static byte[]? WriteValue(CoordinatorRecord record)
    {
        if (record.Value is null)
        {
            return null;
        }

        var writer = new MessageWriter(128);
        try
        {
            RecordFrame.WriteValue(ref writer, record.Value, record.ValueVersion);
            return writer.ToArray();
        }
        finally
        {
            writer.Dispose();
        }
    }

    /// <summary>Reads a record; null when its type is not known, as a later Kafka may have written it. Byte fields are slices of what is given.</summary>
    /// <exception cref="ProtocolException">The bytes are no such record.</exception>
    public CoordinatorRecord? Read(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte>? value)
    {
        if (!RecordFrame.TryReadKey(_keys, key, out var type, out var message))
        {
            return null;
        }

        return value is { } bytes
            ? new CoordinatorRecord(message, RecordFrame.ReadValue(_values, type, bytes, out var version), version)
            : CoordinatorRecord.Tombstone(message);
    }
}
