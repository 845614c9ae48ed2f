using Moldau.ProtocolGen.Emit;
using Moldau.ProtocolGen.Schema;

namespace Moldau.ProtocolGen;

/// <summary>Turns the folder of schemas into the text of all generated files.</summary>
public static class Generator
{
    private static readonly Dictionary<string, string> OutputFolders = new()
    {
        ["api"] = "Api",
        ["metadata"] = "MetadataRecords",
        ["coordination"] = "Coordination",
        ["raft"] = "Raft",
        ["storage"] = "Storage",
    };

    /// <summary>The files by their path below the output folder, with forward slashes.</summary>
    /// <exception cref="SchemaException">A schema is wrong.</exception>
    public static SortedDictionary<string, string> Generate(string schemas)
    {
        List<MessageSchema> messages = ReadSchemas(schemas);
        string errors = File.ReadAllText(Path.Combine(schemas, "errors.tsv"));
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["Catalog/ErrorCode.g.cs"] = ErrorCodeEmitter.EmitEnum(errors),
            ["Catalog/ErrorCodeExtensions.g.cs"] = ErrorCodeEmitter.EmitFacts(errors),
        };
        foreach (MessageSchema message in messages.Where(message => !message.Versions.IsEmpty))
        {
            string stem = $"{OutputFolders[message.Area]}/{message.Name}";
            files.Add($"{stem}.g.cs", MessageEmitter.Emit(message));
            files.Add($"{stem}.Json.g.cs", JsonEmitter.Emit(message));
        }
        foreach ((string path, string text) in new CatalogEmitter(messages).Files())
        {
            files.Add(path, text);
        }
        return files;
    }

    /// <summary>Reads all schema files below a folder, in the order of their paths.</summary>
    public static List<MessageSchema> ReadSchemas(string schemas)
    {
        var messages = new List<MessageSchema>();
        foreach (string path in Directory.EnumerateFiles(schemas, "*.mds", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            string folder = Path.GetRelativePath(schemas, Path.GetDirectoryName(path)!).Replace('\\', '/');
            messages.Add(SchemaParser.Parse(path, folder, File.ReadAllText(path)));
        }
        return messages;
    }
}
