using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>What a broker said in ApiVersions (KIP-35, KIP-584). Immutable; safe from any thread.</summary>
internal sealed class PeerVersions
{
    private readonly Dictionary<ApiKey, (short Lowest, short Highest)> _ranges = [];
    private readonly Dictionary<string, short> _features = new(StringComparer.Ordinal);
    private readonly string _peer;

    public PeerVersions(ApiVersionsResponse response, string peer)
    {
        _peer = peer;
        foreach (ApiVersionsResponse.ApiVersion api in response.ApiKeys)
        {
            _ranges[api.ApiKey] = (api.MinVersion, api.MaxVersion);
        }

        foreach (ApiVersionsResponse.FinalizedFeatureKey feature in response.FinalizedFeatures)
        {
            _features[feature.Name] = feature.MaxVersionLevel;
        }
    }

    /// <summary>The finalized level of a feature, such as <c>transaction.version</c>; 0 when the cluster does not have it.</summary>
    public short FeatureLevel(string name) => _features.GetValueOrDefault(name);

    /// <summary>Whether there is a version that both sides know.</summary>
    public bool Supports(ApiKey key, short lowest = 0) => TryVersion(key, lowest, short.MaxValue, out _);

    /// <summary>The highest version that both sides know.</summary>
    /// <param name="key">The API.</param>
    /// <param name="lowest">The lowest version that the caller can use.</param>
    /// <param name="highest">The highest version that the caller can use.</param>
    /// <exception cref="KafkaException">There is none: UNSUPPORTED_VERSION.</exception>
    public short Version(ApiKey key, short lowest = 0, short highest = short.MaxValue) => TryVersion(key, lowest, highest, out short version)
        ? version
        : throw new KafkaException(ErrorCode.UnsupportedVersion, $"{_peer} {Range(key)}: this client needs {key} from version {Math.Max(lowest, ApiCatalog.Get(key).LowestVersion)}");

    private bool TryVersion(ApiKey key, short lowest, short highest, out short version)
    {
        ApiInfo api = ApiCatalog.Get(key);
        version = -1;
        if (!_ranges.TryGetValue(key, out (short Lowest, short Highest) theirs))
        {
            return false;
        }

        version = Math.Min(Math.Min(theirs.Highest, api.HighestStableVersion), highest);
        return version >= Math.Max(Math.Max(theirs.Lowest, api.LowestVersion), lowest);
    }

    private string Range(ApiKey key) => _ranges.TryGetValue(key, out (short Lowest, short Highest) range) ? $"serves {key} in versions {range.Lowest} to {range.Highest}" : $"does not serve {key}";
}
