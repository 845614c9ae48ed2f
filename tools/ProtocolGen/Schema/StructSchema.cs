namespace Moldau.ProtocolGen.Schema;

/// <summary>A struct within a message, or the fields of the message itself.</summary>
public sealed class StructSchema
{
    public required string Name { get; init; }

    /// <summary>The versions in which it is used.</summary>
    public required VersionRange Scope { get; init; }

    public List<FieldSchema> Fields { get; } = [];

    /// <summary>The fewest bytes an instance takes in any version of its scope.</summary>
    public int SizeMin(VersionRange flexible)
    {
        int least = int.MaxValue;
        for (int version = Scope.Lowest; version <= Scope.Highest; version++)
        {
            int size = version >= flexible.Lowest && version <= flexible.Highest ? 1 : 0;
            bool compact = size == 1;
            foreach (FieldSchema field in Fields.Where(field => field.IsUntaggedIn(version)))
            {
                size += SizeMinOf(field, compact, flexible);
            }
            least = Math.Min(least, size);
        }
        return least;
    }

    private static int SizeMinOf(FieldSchema field, bool compact, VersionRange flexible)
    {
        if (field.IsArray)
        {
            return compact ? 1 : 4;
        }
        if (field.Primitive is null)
        {
            return field.IsNullable ? 1 : field.Struct!.SizeMin(flexible);
        }
        return field.Primitive.SizeMin;
    }
}
