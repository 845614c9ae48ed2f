using System.Buffers.Binary;
using Moldau.Protocol;
using Moldau.Protocol.Coordination;

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
        if (IsOffset(key.Span))
        {
            return ReadOffset(key, value);
        }

        if (!RecordFrame.TryReadKey(_keys, key, out var type, out var message))
        {
            return null;
        }

        return value is { } bytes
            ? new CoordinatorRecord(message, RecordFrame.ReadValue(_values, type, bytes, out var version), version)
            : CoordinatorRecord.Tombstone(message);
    }

    /// <summary>Whether what <see cref="Read"/> makes of a record has no byte fields, so that it keeps nothing of the bytes it was read from.</summary>
    internal bool KeepsNoBytes(ReadOnlySpan<byte> key) => _keys == MessageKind.TransactionKey || IsOffset(key);

    /// <summary>Nearly all records of a log of groups are offsets: they are read without looking their type up.</summary>
    private static CoordinatorRecord ReadOffset(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte>? value)
    {
        var keys = new MessageReader(key[sizeof(short)..]);
        var message = OffsetCommitKey.Read(ref keys, OffsetCommitKey.HighestVersion);
        if (value is not { } bytes)
        {
            return CoordinatorRecord.Tombstone(message);
        }

        var values = new MessageReader(bytes);
        var version = values.ReadInt16();
        return new CoordinatorRecord(message, OffsetCommitValue.Read(ref values, version), version);
    }

    private bool IsOffset(ReadOnlySpan<byte> key) =>
        _keys == MessageKind.GroupKey && key.Length >= sizeof(short) && BinaryPrimitives.ReadInt16BigEndian(key) == OffsetCommitKey.RecordType;
}
