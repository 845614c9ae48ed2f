using System.CommandLine;
using Moldau.Client;

namespace Moldau.Cli;

/// <summary>
/// Whose quota a command is about, as kafka-configs names it: <c>--entity-type users --entity-name alice</c>, types and names in pairs for both; <c>--entity-default</c> for whoever has none of his own.
/// </summary>
internal static class QuotaTarget
{
    private static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        ["users"] = ClientQuotaEntity.UserType,
        ["clients"] = ClientQuotaEntity.ClientIdType,
        ["ips"] = ClientQuotaEntity.IpType,
    };

    public static IEnumerable<string> TypeNames => Types.Keys;

    /// <summary>Whether these are types of quotas.</summary>
    public static bool IsFor(IReadOnlyList<string> types) => types.Count > 0 && types.All(Types.ContainsKey);

    /// <summary>The filter that finds the entities: types without a name find all of the type.</summary>
    public static ClientQuotaFilter Filter(IReadOnlyList<string> types, IReadOnlyList<string> names, bool isDefault) => new()
    {
        Strict = names.Count == types.Count || isDefault,
        Components =
        [
            .. types.Select((type, index) => index < names.Count ? ClientQuotaFilterComponent.OfEntity(Types[type], names[index])
                : isDefault ? ClientQuotaFilterComponent.OfDefaultEntity(Types[type])
                : ClientQuotaFilterComponent.OfEntityType(Types[type])),
        ],
    };

    /// <summary>The entity whose quotas change.</summary>
    /// <exception cref="CliException">A type has no name.</exception>
    public static ClientQuotaEntity Entity(IReadOnlyList<string> types, IReadOnlyList<string> names, bool isDefault) => new(
        types.Select((type, index) => new KeyValuePair<string, string?>(
            Types[type],
            index < names.Count ? names[index] : isDefault ? null : throw CliException.Usage($"which of the {type}? --entity-name NAME for each --entity-type, or --entity-default"))));
}
