using System.Diagnostics.CodeAnalysis;

namespace Moldau.Protocol;

/// <summary>
/// How messages lie in the keys and values of records. A coordinator's key begins with the int16 record type, its value with the int16 version. A metadata
/// record is a value alone that begins with three unsigned varints: the version of this frame (1), the record type, the version.
/// </summary>
public static class RecordFrame
{
    private const int MetadataFrameVersion = 1;

    /// <summary>Writes the key of a coordinator's record. All keys have version 0 only.</summary>
    public static void WriteKey(ref MessageWriter writer, ICoordinatorKey key)
    {
        writer.WriteInt16(key.RecordType);
        key.Write(ref writer, key.HighestVersion);
    }

    /// <summary>Writes the value of a coordinator's record.</summary>
    /// <exception cref="UnsupportedVersionException">The version does not exist, or a field is set that it cannot carry.</exception>
    public static void WriteValue(ref MessageWriter writer, ICoordinatorValue value, short version)
    {
        writer.WriteInt16(version);
        value.Write(ref writer, version);
    }

    /// <summary>Writes a metadata record.</summary>
    /// <exception cref="UnsupportedVersionException">The version does not exist, or a field is set that it cannot carry.</exception>
    public static void WriteMetadata(ref MessageWriter writer, IMetadataRecord record, short version)
    {
        writer.WriteUnsignedVarint(MetadataFrameVersion);
        writer.WriteUnsignedVarint(record.RecordType);
        writer.WriteUnsignedVarint(version);
        record.Write(ref writer, version);
    }

    /// <summary>
    /// Reads a coordinator's key; false when the record type is not known, as a later Kafka may have written it: such a record is passed over.
    /// </summary>
    /// <param name="kind">One of the three key kinds: it says whose log the record comes from.</param>
    /// <param name="bytes">The key of the record.</param>
    /// <param name="recordType">The record type, known or not.</param>
    /// <param name="key">The key.</param>
    /// <exception cref="ProtocolException">The bytes are no such key.</exception>
    public static bool TryReadKey(MessageKind kind, ReadOnlyMemory<byte> bytes, out short recordType, [NotNullWhen(true)] out ICoordinatorKey? key)
    {
        var reader = new MessageReader(bytes);
        recordType = reader.ReadInt16();
        key = MessageCatalog.TryGet(kind, recordType, out MessageInfo? message) ? (ICoordinatorKey)message.Read(ref reader, message.HighestVersion) : null;
        return key is not null;
    }

    /// <summary>Reads a coordinator's value, whose type is told by its key.</summary>
    /// <param name="kind">One of the three value kinds.</param>
    /// <param name="recordType">The record type that the key had.</param>
    /// <param name="bytes">The value of the record.</param>
    /// <param name="version">The version it was written in.</param>
    /// <exception cref="ProtocolException">The bytes are no such value, or the version does not exist.</exception>
    public static ICoordinatorValue ReadValue(MessageKind kind, short recordType, ReadOnlyMemory<byte> bytes, out short version)
    {
        if (!MessageCatalog.TryGet(kind, recordType, out MessageInfo? message))
        {
            throw new ProtocolException($"there is no {kind} of type {recordType}");
        }
        var reader = new MessageReader(bytes);
        version = reader.ReadInt16();
        return (ICoordinatorValue)message.Read(ref reader, version);
    }

    /// <summary>Reads a record of <c>__cluster_metadata</c>. Other than elsewhere, bytes left over are an error.</summary>
    /// <exception cref="ProtocolException">The bytes are no such record.</exception>
    public static IMetadataRecord ReadMetadata(ReadOnlyMemory<byte> bytes, out short version) =>
        ReadMetadata(MessageKind.MetadataRecord, bytes, out version);

    /// <summary>Reads a record of <c>__remote_log_metadata</c>.</summary>
    /// <exception cref="ProtocolException">The bytes are no such record.</exception>
    public static IMetadataRecord ReadRemoteLogMetadata(ReadOnlyMemory<byte> bytes, out short version) =>
        ReadMetadata(MessageKind.RemoteLogMetadataRecord, bytes, out version);

    private static IMetadataRecord ReadMetadata(MessageKind kind, ReadOnlyMemory<byte> bytes, out short version)
    {
        var reader = new MessageReader(bytes);
        int frame = reader.ReadUnsignedVarint();
        if (frame != MetadataFrameVersion)
        {
            throw new ProtocolException($"a metadata record has the frame version {frame}: {MetadataFrameVersion} is the only one");
        }
        int type = reader.ReadUnsignedVarint();
        int number = reader.ReadUnsignedVarint();
        if (type is < 0 or > short.MaxValue || !MessageCatalog.TryGet(kind, (short)type, out MessageInfo? message))
        {
            throw new ProtocolException($"there is no {kind} of type {type}");
        }
        if (number is < 0 or > short.MaxValue)
        {
            throw new ProtocolException($"{message.Name} has no version {number}");
        }
        version = (short)number;
        var record = (IMetadataRecord)message.Read(ref reader, version);
        if (reader.Remaining > 0)
        {
            throw new ProtocolException($"{reader.Remaining} bytes are left over after {message.Name}");
        }
        return record;
    }
}
