using Moldau.Records;

namespace Moldau.Golden;

/// <summary>What came of an append: an error by its protocol name, or where the records went and the bytes that the log holds.</summary>
internal sealed record AppendAnswer
{
    public const string Ok = "ok";

    public string Error { get; init; } = Ok;

    public string? Message { get; init; }

    public IReadOnlyList<RecordError> RecordErrors { get; init; } = [];

    public long FirstOffset { get; init; }

    public long LastOffset { get; init; }

    public long MaxTimestamp { get; init; }

    public long LogAppendTime { get; init; } = RecordBatchLayout.NoTimestamp;

    public int ValidBytes { get; init; }

    public byte[] Stored { get; init; } = [];

    /// <summary>Whether the stored bytes are a compressor's, which differ from those of Apache Kafka's.</summary>
    public bool IsRecompressed { get; init; }

    public static AppendAnswer Refused(string error, string? message) => new() { Error = error, Message = message };
}
