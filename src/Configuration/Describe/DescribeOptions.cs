namespace Moldau.Configuration;

/// <summary>What a DescribeConfigs request asks for.</summary>
/// <param name="Keys">Only these keys; null or empty means all.</param>
/// <param name="IncludeSynonyms">With all sources of each value.</param>
/// <param name="IncludeDocumentation">With documentation (KIP-569).</param>
public sealed record DescribeOptions(IReadOnlyCollection<string>? Keys = null, bool IncludeSynonyms = false, bool IncludeDocumentation = false)
{
    internal bool Wants(string name) => Keys is null || Keys.Count == 0 || Keys.Contains(name);

    /// <summary>Whether the request asks for that very key.</summary>
    internal bool Names(string name) => Keys is not null && Keys.Contains(name);
}
