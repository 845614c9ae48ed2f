namespace Moldau.ProtocolGen.Schema;

/// <summary>One schema file.</summary>
public sealed class MessageSchema
{
    public required string Name { get; init; }

    public required MessageKind Kind { get; init; }

    /// <summary>The folder below schemas/, with forward slashes, such as "coordination/group".</summary>
    public required string Folder { get; init; }

    /// <summary>The API key or record type.</summary>
    public int? Key { get; set; }

    /// <summary>Empty when every version has been removed; the key stays taken.</summary>
    public VersionRange Versions { get; set; } = VersionRange.None;

    /// <summary>The first version that is not stable yet, or null.</summary>
    public int? Unstable { get; set; }

    public VersionRange Flexible { get; set; } = VersionRange.None;

    public List<string> Listeners { get; } = [];

    public bool IsForwardable { get; set; }

    public bool IsClusterAction { get; set; }

    /// <summary>The lowest version that ApiVersions names, when it differs from the lowest that can be read.</summary>
    public int? AdvertisedLowest { get; set; }

    public StructSchema Root { get; set; } = null!;

    /// <summary>All structs, in the order of the file.</summary>
    public List<StructSchema> Structs { get; } = [];

    public int HighestStable => Unstable is { } unstable ? unstable - 1 : Versions.Highest;

    /// <summary>The first part of the folder: api, metadata, coordination, raft or storage.</summary>
    public string Area => Folder.Split('/')[0];

    public string Namespace => Area switch
    {
        "api" => "Moldau.Protocol.Api",
        "metadata" => "Moldau.Protocol.MetadataRecords",
        "coordination" => "Moldau.Protocol.Coordination",
        "raft" => "Moldau.Protocol.Raft",
        "storage" => "Moldau.Protocol.Storage",
        _ => throw new SchemaException($"the folder schemas/{Folder} has no namespace"),
    };
}
