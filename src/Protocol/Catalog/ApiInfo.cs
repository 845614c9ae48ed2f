namespace Moldau.Protocol;

/// <summary>What the protocol says about one API. The catalog holds the only instances; they never change.</summary>
public sealed class ApiInfo
{
    public required ApiKey Key { get; init; }

    /// <summary>The name as Kafka spells it, such as "CreateTopics".</summary>
    public required string Name { get; init; }

    /// <summary>The lowest version that can be read.</summary>
    public required short LowestVersion { get; init; }

    /// <summary>The highest version that is served without further ado.</summary>
    public required short HighestStableVersion { get; init; }

    /// <summary>The highest version that can be read; above the stable ones it is served with <c>unstable.api.versions.enable</c> only.</summary>
    public required short HighestVersion { get; init; }

    /// <summary>The lowest version that ApiVersions names. For Produce it is 0, as old clients look for that, though 3 is the lowest that can be read.</summary>
    public required short LowestAdvertisedVersion { get; init; }

    /// <summary>The first version with compact lengths and tagged fields; <see cref="short.MaxValue"/> when there is none.</summary>
    public required short LowestFlexibleVersion { get; init; }

    public required ApiListeners Listeners { get; init; }

    /// <summary>Whether a broker passes it on to the active controller.</summary>
    public required bool IsForwardable { get; init; }

    /// <summary>Whether only members of the cluster may send it.</summary>
    public required bool IsClusterAction { get; init; }

    /// <summary>The place of the request in <see cref="MessageCatalog.All"/>.</summary>
    public required int RequestOrdinal { get; init; }

    /// <summary>The place of the response in <see cref="MessageCatalog.All"/>.</summary>
    public required int ResponseOrdinal { get; init; }

    /// <summary>Reads a request of the API, without its header.</summary>
    /// <exception cref="ProtocolException">The bytes are none, or the version does not exist.</exception>
    public IRequest ReadRequest(ref MessageReader reader, short version) => (IRequest)MessageCatalog.Read(RequestOrdinal, ref reader, version);

    /// <summary>Reads a response of the API, without its header.</summary>
    /// <inheritdoc cref="ReadRequest" path="/exception"/>
    public IResponse ReadResponse(ref MessageReader reader, short version) => (IResponse)MessageCatalog.Read(ResponseOrdinal, ref reader, version);

    /// <summary>Whether the version can be read.</summary>
    public bool Has(short version) => version >= LowestVersion && version <= HighestVersion;

    public bool IsFlexible(short version) => version >= LowestFlexibleVersion;

    /// <summary>1, or 2 in flexible versions.</summary>
    public short RequestHeaderVersion(short version) => IsFlexible(version) ? (short)2 : (short)1;

    /// <summary>0, or 1 in flexible versions. ApiVersions always answers with 0, as a client that asks does not know yet what it may read (KIP-511).</summary>
    public short ResponseHeaderVersion(short version) => IsFlexible(version) && Key != ApiKey.ApiVersions ? (short)1 : (short)0;

    public override string ToString() => $"{Name} {LowestVersion}-{HighestVersion}";
}
