using System.Runtime.InteropServices;

namespace Moldau.Broker.Fetching;

/// <summary>What a session needs to know of a partition's answer.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FetchOutcome(
    bool HasError, long HighWatermark, long LogStartOffset, int RecordsSizeBytes, bool HasPreferredReadReplica, bool HasDivergingEpoch);
