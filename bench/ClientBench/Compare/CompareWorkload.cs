namespace Moldau.ClientBench;

/// <summary>One row of the comparison: what is done with records of which size and compression.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Verb">produce, consume or latency.</param>
/// <param name="SizeBytes">The size of a value.</param>
/// <param name="Compression">Kafka's name of the codec.</param>
internal sealed record CompareWorkload(string Name, string Verb, int SizeBytes, string Compression)
{
    public static readonly string[] All =
        ["produce-100b", "produce-1k", "produce-100b-lz4", "produce-1k-lz4", "consume-100b", "consume-1k", "consume-100b-lz4", "consume-1k-lz4", "latency"];

    public bool IsLatency => Verb == "latency";

    public static CompareWorkload Parse(string name)
    {
        string[] parts = name.Split('-');
        if (Array.IndexOf(All, name) < 0)
        {
            throw new ArgumentException($"{name} is no workload: {string.Join(", ", All)} are");
        }

        return new CompareWorkload(name, parts[0], parts.Length > 1 && parts[1] == "1k" ? 1024 : 100, parts.Length > 2 ? parts[2] : "none");
    }

    /// <summary>How many records a measured part has: about so many seconds of a fast client, or of awaited sends.</summary>
    public long Records(double seconds) => (long)(seconds * (IsLatency ? 8_000 : SizeBytes == 100 ? 1_500_000 : 300_000));

    /// <summary>The same for all; the compilers of .NET and Java have the time of a third. Of awaited sends they need 25,000: while they work, they take one of two cores, and that is the 99th percentile then.</summary>
    public long Warmup(double seconds) => IsLatency ? 25_000 : Records(seconds) / 3;
}
