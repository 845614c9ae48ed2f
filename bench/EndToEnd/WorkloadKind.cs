namespace Moldau.EndToEnd;

internal enum WorkloadKind
{
    Produce,
    Fetch,
    Start,
}
