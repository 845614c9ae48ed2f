namespace Moldau.EndToEnd;

internal enum WorkloadUnit
{
    MegabytesPerSecond,
    RequestsPerSecond,
    Milliseconds,

    /// <summary>The 99th percentile.</summary>
    MicrosecondsP99,
    Megabytes,
    KilobytesEach,
}
