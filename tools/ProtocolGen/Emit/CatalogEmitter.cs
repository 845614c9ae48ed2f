using Moldau.ProtocolGen.Schema;

namespace Moldau.ProtocolGen.Emit;

/// <summary>Writes the tables of all APIs and all messages, and the enumerations of their keys.</summary>
public sealed class CatalogEmitter(IReadOnlyList<MessageSchema> messages)
{
    private static readonly (string Folder, string Name, string What)[] RecordFamilies =
    [
        ("metadata", "MetadataRecordType", "records of __cluster_metadata"),
        ("coordination/group", "GroupRecordType", "records of the group coordinator in __consumer_offsets"),
        ("coordination/share", "ShareRecordType", "records of the share coordinator in __share_group_state"),
        ("coordination/transaction", "TransactionRecordType", "records of the transaction coordinator in __transaction_state"),
        ("storage", "RemoteLogMetadataRecordType", "records of __remote_log_metadata"),
    ];

    /// <summary>The messages in the order of the catalog, by which they are numbered: those that still have versions.</summary>
    private readonly List<MessageSchema> existing = [.. messages.Where(message => !message.Versions.IsEmpty)];

    public IEnumerable<(string Path, string Text)> Files()
    {
        yield return ("Catalog/ApiKey.g.cs", EmitApiKey());
        yield return ("Catalog/ApiCatalog.Table.g.cs", EmitApiTable());
        yield return ("Catalog/MessageCatalog.Table.g.cs", EmitMessageTable());
        foreach ((string folder, string name, string what) in RecordFamilies)
        {
            yield return ($"Catalog/{name}.g.cs", EmitRecordTypes(folder, name, what));
        }
    }

    private IEnumerable<MessageSchema> Requests =>
        messages.Where(message => message.Kind == MessageKind.Request).OrderBy(message => message.Key);

    private string EmitApiKey()
    {
        CodeWriter code = CodeWriter.ForFile();
        code.Line("namespace Moldau.Protocol;");
        code.Line();
        code.Line("/// <summary>The number of an API: the first field of each request.</summary>");
        code.Open("public enum ApiKey : short");
        foreach (MessageSchema request in Requests)
        {
            if (request.Versions.IsEmpty)
            {
                code.Line("/// <summary>Removed in Kafka 4.0; the number stays taken.</summary>");
            }
            code.Line($"{MessageEmitter.ApiName(request)} = {request.Key},");
        }
        code.Close();
        return code.ToString();
    }

    private string EmitApiTable()
    {
        CodeWriter code = CodeWriter.ForFile("Moldau.Protocol.Api");
        code.Line("namespace Moldau.Protocol;");
        code.Line();
        code.Open("public static partial class ApiCatalog");
        code.Line("private static ApiInfo?[] Table() =>");
        code.Line("[");
        int next = 0;
        foreach (MessageSchema request in Requests)
        {
            for (; next < request.Key; next++)
            {
                code.Line("    null,");
            }
            next++;
            if (request.Versions.IsEmpty)
            {
                code.Line("    null,");
                continue;
            }
            EmitApi(code, request);
        }
        code.Line("];");
        code.Close();
        return code.ToString();
    }

    private void EmitApi(CodeWriter code, MessageSchema request)
    {
        string name = MessageEmitter.ApiName(request);
        MessageSchema response = messages.Single(message => message.Kind == MessageKind.Response && message.Key == request.Key);
        if (response.Versions != request.Versions || response.Flexible != request.Flexible)
        {
            throw new SchemaException($"{request.Name} and {response.Name} have different versions");
        }
        int flexible = request.Flexible.IsEmpty ? VersionRange.Open : request.Flexible.Lowest;
        string listeners = string.Join(" | ", request.Listeners.Select(listener => "ApiListeners." + char.ToUpperInvariant(listener[0]) + listener[1..]));
        code.Line("    new ApiInfo");
        code.Line("    {");
        code.Line($"        Key = ApiKey.{name},");
        code.Line($"        Name = \"{name}\",");
        code.Line($"        LowestVersion = {request.Versions.Lowest},");
        code.Line($"        HighestStableVersion = {request.HighestStable},");
        code.Line($"        HighestVersion = {request.Versions.Highest},");
        code.Line($"        LowestAdvertisedVersion = {request.AdvertisedLowest ?? request.Versions.Lowest},");
        code.Line($"        LowestFlexibleVersion = {flexible},");
        code.Line($"        Listeners = {listeners},");
        code.Line($"        IsForwardable = {(request.IsForwardable ? "true" : "false")},");
        code.Line($"        IsClusterAction = {(request.IsClusterAction ? "true" : "false")},");
        code.Line($"        RequestOrdinal = {existing.IndexOf(request)},");
        code.Line($"        ResponseOrdinal = {existing.IndexOf(response)},");
        code.Line("    },");
    }

    /// <summary>A switch, not a table of delegates: that would have the runtime load every message as soon as one is looked for.</summary>
    private void EmitReader(CodeWriter code, string method, string parameter, string argument)
    {
        code.Line($"internal static IMessage {method}(int ordinal, {parameter}, short version) => ordinal switch");
        code.Line("{");
        for (int ordinal = 0; ordinal < existing.Count; ordinal++)
        {
            code.Line($"    {ordinal} => {existing[ordinal].Name}.{method}({argument}, version),");
        }
        code.Line("    _ => throw new ArgumentOutOfRangeException(nameof(ordinal)),");
        code.Line("};");
    }

    private string EmitMessageTable()
    {
        CodeWriter code = CodeWriter.ForFile(
            "System.Text.Json", "Moldau.Protocol.Api", "Moldau.Protocol.Coordination", "Moldau.Protocol.MetadataRecords", "Moldau.Protocol.Raft", "Moldau.Protocol.Storage");
        code.Line("namespace Moldau.Protocol;");
        code.Line();
        code.Open("public static partial class MessageCatalog");
        code.Line("private static MessageInfo[] Table() =>");
        code.Line("[");
        for (int ordinal = 0; ordinal < existing.Count; ordinal++)
        {
            MessageSchema message = existing[ordinal];
            int flexible = message.Flexible.IsEmpty ? VersionRange.Open : message.Flexible.Lowest;
            string key = message.Key is { } number ? $"{number}" : "null";
            code.Line($"    new({ordinal}, \"{message.Name}\", MessageKind.{Kind(message)}, {key}, {message.Versions.Lowest}, {message.Versions.Highest},"
                + $" {message.HighestStable}, {flexible}),");
        }
        code.Line("];");
        code.Line();
        EmitReader(code, "Read", "ref MessageReader reader", "ref reader");
        code.Line();
        EmitReader(code, "ReadJson", "JsonElement json", "json");
        code.Close();
        return code.ToString();
    }

    private static string Kind(MessageSchema message) => message.Kind switch
    {
        MessageKind.Record => message.Area == "metadata" ? "MetadataRecord" : "RemoteLogMetadataRecord",
        MessageKind.CoordinatorKey or MessageKind.CoordinatorValue =>
            char.ToUpperInvariant(MessageEmitter.Family(message)[0]) + MessageEmitter.Family(message)[1..] + message.Kind.ToString()["Coordinator".Length..],
        _ => message.Kind.ToString(),
    };

    private string EmitRecordTypes(string folder, string name, string what)
    {
        List<MessageSchema> records =
        [
            .. messages.Where(message => message.Folder == folder && message.Kind is MessageKind.Record or MessageKind.CoordinatorKey && message.Folder == folder)
                .OrderBy(message => message.Key),
        ];
        CodeWriter code = CodeWriter.ForFile();
        code.Line($"namespace {records[0].Namespace};");
        code.Line();
        code.Line($"/// <summary>The types of {what}.</summary>");
        code.Open($"public enum {name} : short");
        foreach (MessageSchema record in records)
        {
            string member = record.Kind == MessageKind.CoordinatorKey ? record.Name[..^"Key".Length] : record.Name;
            code.Line($"{member} = {record.Key},");
        }
        code.Close();
        return code.ToString();
    }
}
