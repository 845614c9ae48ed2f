using Moldau.Protocol;
using Moldau.Protocol.Raft;
using Moldau.Protocol.Storage;
using Moldau.Records;

namespace Moldau.Storage;

/// <summary>Control records for people: the type's name as Kafka spells it, and the message as JSON.</summary>
internal static class ControlRecordText
{
    /// <exception cref="InvalidRecordException">The key or the value is none of a control record.</exception>
    public static string Of(scoped in RecordView record)
    {
        var type = ControlRecords.TypeOf(record);
        return type switch
        {
            ControlRecordType.Abort => "ABORT " + Json<EndTxnMarker>(record),
            ControlRecordType.Commit => "COMMIT " + Json<EndTxnMarker>(record),
            ControlRecordType.LeaderChange => "LEADER_CHANGE " + Json<LeaderChangeMessage>(record),
            ControlRecordType.SnapshotHeader => "SNAPSHOT_HEADER " + Json<SnapshotHeaderRecord>(record),
            ControlRecordType.SnapshotFooter => "SNAPSHOT_FOOTER " + Json<SnapshotFooterRecord>(record),
            ControlRecordType.KRaftVersion => "KRAFT_VERSION " + Json<KRaftVersionRecord>(record),
            ControlRecordType.KRaftVoters => "KRAFT_VOTERS " + Json<VotersRecord>(record),
            _ => $"type {(short)type}",
        };
    }

    private static string Json<TMessage>(scoped in RecordView record)
        where TMessage : class, IMessage<TMessage>, new()
    {
        // The version leads the value; readers of an older one skip what newer ones add.
        var version = record.Value.Length < sizeof(short) ? (short)0 : System.Buffers.Binary.BinaryPrimitives.ReadInt16BigEndian(record.Value);
        var highest = new TMessage().HighestVersion;
        return ControlRecords.Read<TMessage>(record, highest).ToJson(Math.Min(version, highest));
    }
}
