namespace Moldau.ProtocolGen.Schema;

/// <summary>One field of a message or struct.</summary>
public sealed class FieldSchema
{
    public required string Name { get; init; }

    /// <summary>Set for a plain type or an array of one.</summary>
    public Primitive? Primitive { get; init; }

    /// <summary>The name of the struct otherwise.</summary>
    public string? StructName { get; init; }

    /// <summary>Filled in when all structs of the message are known.</summary>
    public StructSchema? Struct { get; set; }

    public required bool IsArray { get; init; }

    /// <summary>The versions that carry it, tagged or not.</summary>
    public required VersionRange Versions { get; init; }

    public required VersionRange NullableVersions { get; init; }

    public int? Tag { get; init; }

    /// <summary>The versions that carry it as a tagged field.</summary>
    public required VersionRange TaggedVersions { get; init; }

    /// <summary>Whether a value may be dropped silently in versions without the field.</summary>
    public required bool IsIgnorable { get; init; }

    /// <summary>True for the one string that keeps its old form in flexible versions: the client id of the request header.</summary>
    public required bool IsInflexible { get; init; }

    /// <summary>The text after "=" in the schema, or null when there is none.</summary>
    public string? Default { get; init; }

    public bool IsNullable => !NullableVersions.IsEmpty;

    public bool DefaultsToNull => Default == "null";

    public bool IsStruct => !IsArray && Primitive is null;

    /// <summary>The name in the JSON form.</summary>
    public string JsonName => char.ToLowerInvariant(Name[0]) + Name[1..];

    /// <summary>The C# type of one element, or of the field itself.</summary>
    public string ElementType => Primitive?.CSharp ?? StructName!;

    /// <summary>The C# type of the property.</summary>
    public string PropertyType => (IsArray ? $"List<{ElementType}>" : ElementType) + (IsNullable ? "?" : "");

    /// <summary>Whether null means that the property's type is a reference type (and not <see cref="Nullable{T}"/>).</summary>
    public bool IsReferenceType => IsArray || Primitive is null || Primitive.IsReference;

    /// <summary>The versions that carry it between its neighbours, without a tag.</summary>
    public bool IsUntaggedIn(int version) => Contains(Versions, version) && !Contains(TaggedVersions, version);

    private static bool Contains(VersionRange range, int version) => version >= range.Lowest && version <= range.Highest;
}
