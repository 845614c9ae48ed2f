using Moldau.Protocol;

namespace Moldau.Metadata;

/// <summary>
/// A metadata record as the value of a record in the metadata log: frame version 1, record type and version, each an unsigned varint, then the
/// message (KIP-631). Pure; any thread.
/// </summary>
public static class MetadataRecordSerde
{
    private const int FrameVersion = 1;

    /// <summary>The bytes of the record's value.</summary>
    /// <exception cref="UnsupportedVersionException">A field is set that the version cannot carry.</exception>
    public static byte[] Write(MetadataRecord record)
    {
        var writer = new MessageWriter(128);
        try
        {
            writer.WriteUnsignedVarint(FrameVersion);
            writer.WriteUnsignedVarint(record.Message.RecordType);
            writer.WriteUnsignedVarint(record.Version);
            record.Message.Write(ref writer, record.Version);
            return writer.ToArray();
        }
        finally
        {
            writer.Dispose();
        }
    }

    /// <summary>Reads a record's value. Byte fields of the message are slices of it.</summary>
    /// <exception cref="ProtocolException">The bytes are no metadata record, or one of a type or version newer than this program.</exception>
    public static MetadataRecord Read(ReadOnlyMemory<byte> value)
    {
        var reader = new MessageReader(value);
        int frame = reader.ReadUnsignedVarint();
        if (frame != FrameVersion)
        {
            throw new ProtocolException($"a metadata record has frame version {frame}: {FrameVersion} is expected");
        }

        int type = reader.ReadUnsignedVarint();
        int version = reader.ReadUnsignedVarint();
        if (type is < 0 or > short.MaxValue || !MessageCatalog.TryGet(MessageKind.MetadataRecord, (short)type, out MessageInfo? info))
        {
            throw new ProtocolException($"metadata record type {type} is not known to this program");
        }

        if (version is < 0 or > short.MaxValue || !info.Has((short)version))
        {
            throw new ProtocolException(
                $"{info.Name} is in version {version}, but this program knows {info.LowestVersion} to {info.HighestVersion}");
        }

        return new((IMetadataRecord)info.Read(ref reader, (short)version), (short)version);
    }
}
