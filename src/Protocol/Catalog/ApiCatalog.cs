using System.Diagnostics.CodeAnalysis;

namespace Moldau.Protocol;

/// <summary>All APIs of the protocol by their key. Any thread may read it.</summary>
public static partial class ApiCatalog
{
    private static readonly ApiInfo?[] ByKey = Table();

    /// <summary>All APIs in the order of their keys.</summary>
    public static IReadOnlyList<ApiInfo> All { get; } = [.. ByKey.OfType<ApiInfo>()];

    /// <summary>Finds an API; false for keys that are unknown or whose API has been removed.</summary>
    public static bool TryGet(ApiKey key, [NotNullWhen(true)] out ApiInfo? api)
    {
        api = (uint)(short)key < (uint)ByKey.Length ? ByKey[(short)key] : null;
        return api is not null;
    }

    /// <summary>The API of a key that is known to exist.</summary>
    /// <exception cref="ProtocolException">There is no such API.</exception>
    public static ApiInfo Get(ApiKey key) =>
        TryGet(key, out ApiInfo? api) ? api : throw new ProtocolException($"there is no API with the key {(short)key}");
}
