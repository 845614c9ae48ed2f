namespace Moldau.Storage.Tests.Cleaning;

/// <summary>A record as a reader of the log sees it.</summary>
internal sealed record SeenRecord(long Offset, string? Key, string? Value, long Timestamp, long ProducerId, bool IsControl, long? DeleteHorizonMs);
