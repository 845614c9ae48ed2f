namespace Moldau.Protocol;

/// <summary>A record of <c>__cluster_metadata</c> (KIP-631) or <c>__remote_log_metadata</c> (KIP-405): framed by type and version within the value.</summary>
public interface IMetadataRecord : IRecordMessage;
