namespace Moldau.Coordination;

/// <summary>Names of group types on the wire.</summary>
public static class GroupTypes
{
    /// <summary>As Kafka writes it: lower case.</summary>
    public static string NameOf(GroupType type) => type switch
    {
        GroupType.Classic => "classic",
        GroupType.Consumer => "consumer",
        GroupType.Share => "share",
        GroupType.Streams => "streams",
        _ => "unknown",
    };

    /// <summary>The type of a name in any case; Unknown for others.</summary>
    public static GroupType Parse(string name)
    {
        foreach (var type in Enum.GetValues<GroupType>())
        {
            if (string.Equals(name, NameOf(type), StringComparison.OrdinalIgnoreCase))
            {
                return type;
            }
        }

        return GroupType.Unknown;
    }
}
