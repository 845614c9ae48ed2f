namespace Moldau.Protocol;

/// <summary>What a message is for. Record types are numbered within their kind.</summary>
public enum MessageKind
{
    Request,
    Response,
    Header,
    Data,
    MetadataRecord,
    RemoteLogMetadataRecord,
    GroupKey,
    GroupValue,
    ShareKey,
    ShareValue,
    TransactionKey,
    TransactionValue,
}
