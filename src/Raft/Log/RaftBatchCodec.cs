using System.Buffers.Binary;
using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Raft;
using Moldau.Records;

namespace Moldau.Raft;

/// <summary>Batches of the metadata log and its snapshots as bytes: record batches v2, uncompressed, without producer. Pure; any thread.</summary>
public static class RaftBatchCodec
{
    private const short LeaderChangeType = 2;
    private const short SnapshotHeaderType = 3;
    private const short SnapshotFooterType = 4;
    private const short KRaftVersionType = 5;
    private const short VotersType = 6;

    /// <summary>The bytes of a batch that a leader makes.</summary>
    public static byte[] Encode(RaftBatch batch) => batch.IsControl
        ? EncodeControl(batch.BaseOffset, batch.Epoch, batch.TimestampMs, [.. batch.ControlRecords.Select(ToKeyAndValue)])
        : EncodeData(batch.BaseOffset, batch.Epoch, batch.TimestampMs, batch.Records);

    /// <summary>A data batch: each value one record, without key.</summary>
    public static byte[] EncodeData(long baseOffset, int epoch, long timestampMs, IReadOnlyList<ReadOnlyMemory<byte>> values)
    {
        int size = RecordBatchLayout.HeaderBytes;
        for (int i = 0; i < values.Count; i++)
        {
            size += RecordSize(i, -1, values[i].Length);
        }
        byte[] bytes = new byte[size];
        int position = RecordBatchLayout.HeaderBytes;
        for (int i = 0; i < values.Count; i++)
        {
            position += WriteRecord(bytes.AsSpan(position), i, null, values[i].Span);
        }
        Invariant.That(position == size);
        WriteHeader(bytes, baseOffset, epoch, timestampMs, values.Count, attributes: 0);
        return bytes;
    }

    /// <summary>The first batch of a snapshot: its header, and with a dynamic quorum kraft.version and the voters.</summary>
    internal static byte[] EncodeSnapshotHeader(int epoch, long timestampMs, long lastContainedLogTimestampMs, short kraftVersion, VoterSet? voters)
    {
        List<(short, byte[])> records = [(SnapshotHeaderType, ToBytes(new SnapshotHeaderRecord { LastContainedLogTimestamp = lastContainedLogTimestampMs }))];
        if (kraftVersion > 0)
        {
            records.Add(ToKeyAndValue(new RaftControlRecord.KRaftVersion(kraftVersion)));
            if (voters is not null)
            {
                records.Add(ToKeyAndValue(new RaftControlRecord.VotersChange(voters)));
            }
        }
        return EncodeControl(0, epoch, timestampMs, records);
    }

    /// <summary>The last batch of a snapshot.</summary>
    internal static byte[] EncodeSnapshotFooter(long baseOffset, int epoch, long timestampMs) =>
        EncodeControl(baseOffset, epoch, timestampMs, [(SnapshotFooterType, ToBytes(new SnapshotFooterRecord()))]);

    /// <summary>Reads whole batches; what follows the last whole one is left out. Records are slices of the bytes.</summary>
    /// <param name="bytes">What was read.</param>
    /// <param name="controlOnly">Data batches come without their records.</param>
    /// <exception cref="InvalidDataException">A batch is damaged.</exception>
    public static List<RaftBatch> Decode(ReadOnlyMemory<byte> bytes, bool controlOnly = false)
    {
        List<RaftBatch> batches = [];
        int position = 0;
        while (bytes.Length - position >= RecordBatchLayout.HeaderBytes)
        {
            int size = RecordBatchLayout.LogOverheadBytes + BinaryPrimitives.ReadInt32BigEndian(bytes.Span[(position + RecordBatchLayout.Length)..]);
            if (size < RecordBatchLayout.HeaderBytes)
            {
                throw new InvalidDataException($"the batch at byte {position} has {size} bytes: at least {RecordBatchLayout.HeaderBytes} are expected");
            }
            if (position + size > bytes.Length)
            {
                break;
            }
            batches.Add(DecodeOne(bytes.Slice(position, size), position, controlOnly));
            position += size;
        }
        return batches;
    }

    /// <summary>The timestamp in a snapshot's header; null when the batch is not one.</summary>
    internal static long? SnapshotTimestamp(RaftBatch first)
    {
        foreach ((short type, ReadOnlyMemory<byte> value) in ControlValues(first.Bytes))
        {
            if (type == SnapshotHeaderType)
            {
                var reader = new MessageReader(value);
                return SnapshotHeaderRecord.Read(ref reader, 0).LastContainedLogTimestamp;
            }
        }
        return null;
    }

    /// <summary>True when the batch is a snapshot's footer: the snapshot is whole.</summary>
    internal static bool IsSnapshotFooter(RaftBatch last) => last.ControlRecords is [RaftControlRecord.Other { Type: SnapshotFooterType }];

    private static RaftBatch DecodeOne(ReadOnlyMemory<byte> bytes, int at, bool controlOnly)
    {
        var header = new RecordBatchHeader(bytes.Span);
        if (header.Magic != RecordBatchLayout.CurrentMagic || !header.IsValid)
        {
            throw new InvalidDataException($"the batch at byte {at} is damaged: its checksum does not match");
        }
        if (header.IsCompressed)
        {
            throw new InvalidDataException($"the batch at byte {at} is compressed: metadata batches are not");
        }
        var batch = new RaftBatch(header.BaseOffset, header.LastOffset, header.PartitionLeaderEpoch, header.MaxTimestamp) { Bytes = bytes };
        if (!header.IsControl)
        {
            if (controlOnly)
            {
                return batch;
            }
            var values = new List<ReadOnlyMemory<byte>>(Math.Clamp(header.RecordsCount, 0, bytes.Length));
            foreach ((_, ReadOnlyMemory<byte> value) in Records(bytes))
            {
                values.Add(value);
            }
            return batch with { Records = values };
        }
        List<RaftControlRecord> control = [];
        foreach ((short type, ReadOnlyMemory<byte> value) in ControlValues(bytes))
        {
            control.Add(FromValue(type, value));
        }
        return batch with { ControlRecords = control };
    }

    private static IEnumerable<(short Type, ReadOnlyMemory<byte> Value)> ControlValues(ReadOnlyMemory<byte> batch)
    {
        foreach ((ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value) in Records(batch))
        {
            if (key.Length < 4)
            {
                throw new InvalidDataException($"a control record has a key of {key.Length} bytes: 4 are expected");
            }
            yield return (BinaryPrimitives.ReadInt16BigEndian(key.Span[2..]), value);
        }
    }

    private static IEnumerable<(ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Value)> Records(ReadOnlyMemory<byte> batch)
    {
        int count = BinaryPrimitives.ReadInt32BigEndian(batch.Span[RecordBatchLayout.RecordsCount..]);
        int position = RecordBatchLayout.HeaderBytes;
        for (int i = 0; i < count; i++)
        {
            int end = ReadVarint(batch.Span, ref position);
            end += position;
            // Attributes, timestamp delta and offset delta say nothing here.
            position++;
            ReadVarlong(batch.Span, ref position);
            ReadVarint(batch.Span, ref position);
            ReadOnlyMemory<byte> key = ReadField(batch, ref position);
            ReadOnlyMemory<byte> value = ReadField(batch, ref position);
            if (end < position || end > batch.Length)
            {
                throw new InvalidDataException($"record {i} of a batch has a wrong length");
            }
            position = end;
            yield return (key, value);
        }
    }

    private static ReadOnlyMemory<byte> ReadField(ReadOnlyMemory<byte> batch, ref int position)
    {
        int length = ReadVarint(batch.Span, ref position);
        if (length > batch.Length - position)
        {
            throw new InvalidDataException($"a record's field has {length} bytes: {batch.Length - position} remain");
        }
        ReadOnlyMemory<byte> field = length <= 0 ? default : batch.Slice(position, length);
        position += field.Length;
        return field;
    }

    private static int ReadVarint(ReadOnlySpan<byte> bytes, ref int position)
    {
        int read = position <= bytes.Length ? VarInt.ReadSigned32(bytes[position..], out int value) : Zero(out value);
        position += read > 0 ? read : throw new InvalidDataException("a record ends within a number");
        return value;
    }

    private static void ReadVarlong(ReadOnlySpan<byte> bytes, ref int position)
    {
        int read = position <= bytes.Length ? VarInt.ReadSigned64(bytes[position..], out _) : 0;
        position += read > 0 ? read : throw new InvalidDataException("a record ends within a number");
    }

    private static int Zero(out int value) => value = 0;

    private static RaftControlRecord FromValue(short type, ReadOnlyMemory<byte> value)
    {
        var reader = new MessageReader(value);
        switch (type)
        {
            case LeaderChangeType:
                var change = LeaderChangeMessage.Read(ref reader, 0);
                return new RaftControlRecord.LeaderChange(
                    change.LeaderId, [.. change.Voters.Select(voter => voter.VoterId)], [.. change.GrantingVoters.Select(voter => voter.VoterId)]);
            case KRaftVersionType:
                return new RaftControlRecord.KRaftVersion(KRaftVersionRecord.Read(ref reader, 0).KRaftVersion);
            case VotersType:
                return new RaftControlRecord.VotersChange(new VoterSet(VotersRecord.Read(ref reader, 0).Voters.Select(voter => new VoterNode(
                    new ReplicaKey(voter.VoterId, voter.VoterDirectoryId),
                    [.. voter.Endpoints.Select(endpoint => new VoterEndpoint(endpoint.Name, endpoint.Host, endpoint.Port))],
                    voter.KRaftVersionFeature.MinSupportedVersion,
                    voter.KRaftVersionFeature.MaxSupportedVersion))));
            default:
                return new RaftControlRecord.Other(type);
        }
    }

    private static (short Type, byte[] Value) ToKeyAndValue(RaftControlRecord record) => record switch
    {
        RaftControlRecord.LeaderChange change => (LeaderChangeType, ToBytes(new LeaderChangeMessage
        {
            LeaderId = change.LeaderId,
            Voters = [.. change.Voters.Select(id => new LeaderChangeMessage.Voter { VoterId = id })],
            GrantingVoters = [.. change.GrantingVoters.Select(id => new LeaderChangeMessage.Voter { VoterId = id })],
        })),
        RaftControlRecord.KRaftVersion version => (KRaftVersionType, ToBytes(new KRaftVersionRecord { KRaftVersion = version.Level })),
        RaftControlRecord.VotersChange voters => (VotersType, ToBytes(new VotersRecord { Voters = [.. voters.Set.Voters.Select(ToVoter)] })),
        _ => throw new InvariantException($"{record} is not written by a leader"),
    };

    private static VotersRecord.Voter ToVoter(VoterNode node) => new()
    {
        VoterId = node.Key.Id,
        VoterDirectoryId = node.Key.DirectoryId,
        Endpoints =
        [
            .. node.Endpoints.Select(endpoint =>
                new VotersRecord.Endpoint { Name = endpoint.ListenerName, Host = endpoint.Host, Port = (ushort)endpoint.Port }),
        ],
        KRaftVersionFeature = new() { MinSupportedVersion = node.KRaftVersionMin, MaxSupportedVersion = node.KRaftVersionMax },
    };

    private static byte[] ToBytes(IMessage message)
    {
        var writer = new MessageWriter(128);
        try
        {
            message.Write(ref writer, 0);
            return writer.ToArray();
        }
        finally
        {
            writer.Dispose();
        }
    }

    private static byte[] EncodeControl(long baseOffset, int epoch, long timestampMs, List<(short Type, byte[] Value)> records)
    {
        int size = RecordBatchLayout.HeaderBytes;
        for (int i = 0; i < records.Count; i++)
        {
            size += RecordSize(i, 4, records[i].Value.Length);
        }
        byte[] bytes = new byte[size];
        int position = RecordBatchLayout.HeaderBytes;
        byte[] key = new byte[4];
        for (int i = 0; i < records.Count; i++)
        {
            BinaryPrimitives.WriteInt16BigEndian(key.AsSpan(2), records[i].Type);
            position += WriteRecord(bytes.AsSpan(position), i, key, records[i].Value);
        }
        WriteHeader(bytes, baseOffset, epoch, timestampMs, records.Count, RecordBatchLayout.ControlMask);
        return bytes;
    }

    private static int BodySize(int offsetDelta, int keyLength, int valueLength) =>
        2 + VarInt.SizeOfSigned32(offsetDelta) + VarInt.SizeOfSigned32(keyLength) + Math.Max(keyLength, 0)
        + VarInt.SizeOfSigned32(valueLength) + valueLength + 1;

    private static int RecordSize(int offsetDelta, int keyLength, int valueLength)
    {
        int body = BodySize(offsetDelta, keyLength, valueLength);
        return VarInt.SizeOfSigned32(body) + body;
    }

    private static int WriteRecord(Span<byte> to, int offsetDelta, byte[]? key, ReadOnlySpan<byte> value)
    {
        int position = VarInt.WriteSigned32(to, BodySize(offsetDelta, key?.Length ?? -1, value.Length));
        // Attributes and timestamp delta are zero: one batch has one timestamp.
        to[position++] = 0;
        to[position++] = 0;
        position += VarInt.WriteSigned32(to[position..], offsetDelta);
        position += VarInt.WriteSigned32(to[position..], key?.Length ?? -1);
        key?.CopyTo(to[position..]);
        position += key?.Length ?? 0;
        position += VarInt.WriteSigned32(to[position..], value.Length);
        value.CopyTo(to[position..]);
        position += value.Length;
        to[position++] = 0;
        return position;
    }

    private static void WriteHeader(Span<byte> batch, long baseOffset, int epoch, long timestampMs, int count, short attributes)
    {
        BinaryPrimitives.WriteInt64BigEndian(batch[RecordBatchLayout.BaseOffset..], baseOffset);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatchLayout.Length..], batch.Length - RecordBatchLayout.LogOverheadBytes);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatchLayout.PartitionLeaderEpoch..], epoch);
        batch[RecordBatchLayout.Magic] = (byte)RecordBatchLayout.CurrentMagic;
        BinaryPrimitives.WriteInt16BigEndian(batch[RecordBatchLayout.Attributes..], attributes);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatchLayout.LastOffsetDelta..], count - 1);
        BinaryPrimitives.WriteInt64BigEndian(batch[RecordBatchLayout.BaseTimestamp..], timestampMs);
        BinaryPrimitives.WriteInt64BigEndian(batch[RecordBatchLayout.MaxTimestamp..], timestampMs);
        BinaryPrimitives.WriteInt64BigEndian(batch[RecordBatchLayout.ProducerId..], RecordBatchLayout.NoProducerId);
        BinaryPrimitives.WriteInt16BigEndian(batch[RecordBatchLayout.ProducerEpoch..], RecordBatchLayout.NoProducerEpoch);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatchLayout.BaseSequence..], RecordBatchLayout.NoSequence);
        BinaryPrimitives.WriteInt32BigEndian(batch[RecordBatchLayout.RecordsCount..], count);
        RecordBatchPatch.WriteCrc(batch);
    }
}
