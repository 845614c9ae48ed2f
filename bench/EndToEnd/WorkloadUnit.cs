namespace Moldau.EndToEnd;

internal enum WorkloadUnit
{
    MegabytesPerSecond,
    RequestsPerSecond,
    Milliseconds,
}
