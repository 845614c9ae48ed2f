using Moldau.ProtocolGen.Schema;

namespace Moldau.ProtocolGen.Emit;

/// <summary>Writes the file of one message: its properties, and how it is read and written.</summary>
public static class MessageEmitter
{
    private static readonly string[] Usings =
    [
        "System.Collections.Generic", "System.Runtime.CompilerServices", "System.Runtime.InteropServices", "Moldau.Core",
    ];

    public static string Emit(MessageSchema message)
    {
        CodeWriter code = CodeWriter.ForFile(Usings);
        code.Line($"namespace {message.Namespace};");
        code.Line();
        code.Line($"/// <summary>{Summary(message)}</summary>");
        code.Open($"public sealed partial class {message.Name} : {Interfaces(message)}");
        EmitConstants(code, message);
        EmitBody(code, message, message.Root);
        foreach (StructSchema type in message.Structs)
        {
            code.Line();
            code.Line($"/// <summary>A struct of <see cref=\"{message.Name}\"/>, in versions {type.Scope}.</summary>");
            code.Open($"public sealed partial class {type.Name}");
            EmitBody(code, message, type);
            code.Close();
        }
        code.Close();
        return code.ToString();
    }

    private static string Summary(MessageSchema message)
    {
        string versions = message.Unstable is { } unstable
            ? $"versions {message.Versions}, unstable from {unstable}"
            : $"versions {message.Versions}";
        string flexible = message.Flexible.IsEmpty ? "never flexible" : $"flexible in {message.Flexible}";
        string what = message.Kind switch
        {
            MessageKind.Request => $"The request of API {message.Key}",
            MessageKind.Response => $"The response of API {message.Key}",
            MessageKind.Record => $"Record type {message.Key}",
            MessageKind.CoordinatorKey => $"The key of record type {message.Key} of the {Family(message)} coordinator",
            MessageKind.CoordinatorValue => $"The value of record type {message.Key} of the {Family(message)} coordinator",
            MessageKind.Header => "A header",
            _ => "A message",
        };
        return $"{what}: {versions}, {flexible}.";
    }

    /// <summary>Which coordinator's log a record belongs to: the last part of its folder.</summary>
    public static string Family(MessageSchema message) => message.Folder.Split('/')[^1];

    private static string Interfaces(MessageSchema message)
    {
        string extra = message.Kind switch
        {
            MessageKind.Request => ", IRequest",
            MessageKind.Response => ", IResponse",
            MessageKind.Record => ", IMetadataRecord",
            MessageKind.CoordinatorKey => ", ICoordinatorKey",
            MessageKind.CoordinatorValue => ", ICoordinatorValue",
            _ => "",
        };
        return $"IMessage<{message.Name}>{extra}";
    }

    private static void EmitConstants(CodeWriter code, MessageSchema message)
    {
        code.Line("/// <summary>The lowest version that can be read and written.</summary>");
        code.Line($"public const short LowestVersion = {message.Versions.Lowest};");
        code.Line();
        code.Line("/// <summary>The highest version that can be read and written, unstable ones included.</summary>");
        code.Line($"public const short HighestVersion = {message.Versions.Highest};");
        code.Line();
        bool isApi = message.Kind is MessageKind.Request or MessageKind.Response;
        if (message.Key is { } key && !isApi)
        {
            code.Line("/// <summary>The number of the record type within its log.</summary>");
            code.Line($"public const short RecordType = {key};");
            code.Line();
            code.Line("short IRecordMessage.RecordType => RecordType;");
            code.Line();
        }
        if (isApi)
        {
            code.Line("/// <inheritdoc />");
            code.Line($"public ApiKey ApiKey => ApiKey.{ApiName(message)};");
            code.Line();
        }
        code.Line($"string IMessage.MessageName => \"{message.Name}\";");
        code.Line();
        code.Line("short IMessage.LowestVersion => LowestVersion;");
        code.Line();
        code.Line("short IMessage.HighestVersion => HighestVersion;");
        code.Line();
        code.Open("private static void CheckVersion(short version)");
        code.Open("if (version is < LowestVersion or > HighestVersion)");
        code.Line($"UnsupportedVersionException.ThrowVersion(\"{message.Name}\", version, LowestVersion, HighestVersion);");
        code.Close();
        code.Close();
        code.Line();
    }

    /// <summary>The name of an API: that of its messages without the last word.</summary>
    public static string ApiName(MessageSchema message) =>
        message.Kind == MessageKind.Request ? message.Name[..^"Request".Length] : message.Name[..^"Response".Length];

    private static void EmitBody(CodeWriter code, MessageSchema message, StructSchema type)
    {
        foreach (FieldSchema field in type.Fields)
        {
            string versions = field.Versions.Covers(type.Scope) ? "" : $" In versions {field.Versions.And(type.Scope)}.";
            string tag = field.Tag is { } number ? $" Tag {number}." : "";
            string isNull = field.IsNullable ? field.NullableVersions.Covers(field.Versions) ? " May be null." : $" May be null in {field.NullableVersions}." : "";
            string note = $"{versions}{tag}{isNull}".Trim();
            if (note.Length > 0)
            {
                code.Line($"/// <summary>{note}</summary>");
            }
            string initializer = FieldText.Initializer(field) is { } value ? $" = {value};" : "";
            code.Line($"public {field.PropertyType} {field.Name} {{ get; set; }}{initializer}");
            code.Line();
        }
        code.Line("/// <summary>Tagged fields that the schema does not know, in the order in which they came; null when there are none.</summary>");
        code.Line("public List<RawTaggedField>? UnknownTaggedFields { get; set; }");
        code.Line();
        EmitConstructor(code, type);
        code.Line();
        new ReadEmitter(code, message, type).Emit();
        code.Line();
        new WriteEmitter(code, message, type).Emit();
        if (type != message.Root && DefaultEmitter.IsNeeded(message, type))
        {
            code.Line();
            DefaultEmitter.Emit(code, type);
        }
    }

    private static void EmitConstructor(CodeWriter code, StructSchema type)
    {
        code.Line("/// <summary>Makes one with the default of each field.</summary>");
        code.Open($"public {type.Name}()");
        foreach (FieldSchema field in type.Fields)
        {
            if (FieldText.ObjectInitializer(field) is { } initializer)
            {
                code.Line($"{field.Name} = {initializer};");
            }
        }
        code.Close();
    }
}
