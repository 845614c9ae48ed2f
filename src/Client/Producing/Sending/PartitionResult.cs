using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>What a response says of one partition.</summary>
internal readonly struct PartitionResult()
{
    public ErrorCode Error { get; init; }

    public string? Message { get; init; }

    public long BaseOffset { get; init; } = -1;

    public long LogAppendTimeMs { get; init; } = -1;

    /// <summary>-1 when the response does not say.</summary>
    public long LogStartOffset { get; init; } = -1;

    public List<ProduceResponse.BatchIndexAndErrorMessage>? RecordErrors { get; init; }
}
