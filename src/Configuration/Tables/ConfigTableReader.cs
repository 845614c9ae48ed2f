using System.Reflection;
using System.Text;
using Moldau.Core;

namespace Moldau.Configuration;

/// <summary>Reads the embedded tables. Written for a fast start: one pass, no reflection beyond the resource itself.</summary>
internal static class ConfigTableReader
{
    private const int Columns = 12;

    public static ConfigTable Read(string kind) => new(kind, Read(kind, Open(kind)));

    /// <summary>The rows of a table, which is closed.</summary>
    public static List<ConfigKey> Read(string kind, Stream table)
    {
        var keys = new List<ConfigKey>(512);
        foreach (string line in Lines(table))
        {
            keys.Add(Row(kind, line.Split('\t')));
        }

        foreach (ConfigKey key in keys)
        {
            key.ParseDefault();
        }

        return keys;
    }

    public static IReadOnlyDictionary<string, string> ReadPairs(string kind)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in Lines(Open(kind)))
        {
            int tab = line.IndexOf('\t', StringComparison.Ordinal);
            Invariant.That(tab > 0);
            pairs.Add(line[..tab], line[(tab + 1)..]);
        }

        return pairs;
    }

    private static ConfigKey Row(string kind, string[] cell)
    {
        Invariant.That(cell.Length == Columns, $"{kind}.tsv, {cell[0]}: {cell.Length} columns");
        string name = cell[0];
        ConfigType type = TypeOf(cell[1]);
        return new ConfigKey
        {
            Name = name,
            Type = type,
            Default = cell[2] is "(null)" or "(required)" ? null : cell[2],
            IsRequired = cell[2] == "(required)",
            Validator = ConfigValidator.Parse(cell[3], type),
            Importance = cell[4] switch { "HIGH" => ConfigImportance.High, "LOW" => ConfigImportance.Low, _ => ConfigImportance.Medium },
            IsInternal = cell[5] == "true",
            UpdateMode = cell[6] switch
            {
                "per-broker" => ConfigUpdateMode.PerBroker,
                "cluster-wide" => ConfigUpdateMode.ClusterWide,
                "dynamic-only" => ConfigUpdateMode.DynamicOnly,
                _ => ConfigUpdateMode.ReadOnly,
            },
            BrokerKeys = cell[7].Length > 0 ? cell[7].Split(',') : kind == "broker" ? [name] : [],
            IsOurs = cell[8] == "moldau",
            Status = cell[9] switch
            {
                "works" => ConfigStatus.Works,
                "accepted" => ConfigStatus.Accepted,
                "refused" => ConfigStatus.Refused,
                _ => throw new InvariantException($"{kind}.tsv, {name}: status {cell[9]}"),
            },
            Note = cell[10],
            Documentation = cell[11],
        };
    }

    private static ConfigType TypeOf(string text) => text switch
    {
        "BOOLEAN" => ConfigType.Boolean,
        "STRING" => ConfigType.String,
        "INT" => ConfigType.Int,
        "SHORT" => ConfigType.Short,
        "LONG" => ConfigType.Long,
        "DOUBLE" => ConfigType.Double,
        "LIST" => ConfigType.List,
        "CLASS" => ConfigType.Class,
        "PASSWORD" => ConfigType.Password,
        _ => throw new InvariantException($"no configuration type {text}"),
    };

    private static Stream Open(string kind) =>
        Assembly.GetExecutingAssembly().GetManifestResourceStream(kind + ".tsv") ?? throw new InvariantException($"the table {kind}.tsv is not in the assembly");

    private static IEnumerable<string> Lines(Stream stream)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        reader.ReadLine();
        while (reader.ReadLine() is { } line)
        {
            yield return line;
        }
    }
}
