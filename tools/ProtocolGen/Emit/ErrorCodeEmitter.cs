using System.Globalization;

namespace Moldau.ProtocolGen.Emit;

/// <summary>Writes the enumeration of error codes and the facts about them from schemas/errors.tsv.</summary>
public static class ErrorCodeEmitter
{
    private sealed record Error(short Code, string Name, string KafkaName, bool IsRetriable, bool RefreshesMetadata, string Message);

    public static string EmitEnum(string table)
    {
        CodeWriter code = CodeWriter.ForFile();
        code.Line("namespace Moldau.Protocol;");
        code.Line();
        code.Line("/// <summary>What went wrong, as the protocol says it. Codes of later versions that have no name here keep their number.</summary>");
        code.Open("public enum ErrorCode : short");
        foreach (Error error in Errors(table))
        {
            if (error.Message.Length > 0)
            {
                code.Line($"/// <summary>{Xml(error.Message)}{(error.IsRetriable ? " Retriable." : "")}</summary>");
            }
            code.Line($"{error.Name} = {error.Code},");
            code.Line();
        }
        code.Close();
        return code.ToString();
    }

    public static string EmitFacts(string table)
    {
        List<Error> errors = [.. Errors(table)];
        CodeWriter code = CodeWriter.ForFile();
        code.Line("namespace Moldau.Protocol;");
        code.Line();
        code.Line("/// <summary>What is known about each error code.</summary>");
        code.Open("public static class ErrorCodeExtensions");
        code.Line("/// <summary>Kafka's text for the error, which clients show; empty for none, null for a code without a name.</summary>");
        EmitSwitch(code, "string? Message", errors, error => Quote(error.Message), "null");
        code.Line();
        code.Line("/// <summary>The name as Kafka spells it, such as UNKNOWN_TOPIC_OR_PARTITION; the number for a code without a name.</summary>");
        EmitSwitch(code, "string KafkaName", errors, error => Quote(error.KafkaName), "((short)code).ToString(System.Globalization.CultureInfo.InvariantCulture)");
        code.Line();
        code.Line("/// <summary>Whether the same request may succeed later.</summary>");
        EmitSet(code, "IsRetriable", [.. errors.Where(error => error.IsRetriable)]);
        code.Line();
        code.Line("/// <summary>Whether a client fetches metadata anew before it tries again.</summary>");
        EmitSet(code, "RefreshesMetadata", [.. errors.Where(error => error.RefreshesMetadata)]);
        code.Close();
        return code.ToString();
    }

    private static void EmitSwitch(CodeWriter code, string head, List<Error> errors, Func<Error, string> value, string otherwise)
    {
        code.Line($"public static {head}(this ErrorCode code) => code switch");
        code.Open();
        foreach (Error error in errors)
        {
            code.Line($"ErrorCode.{error.Name} => {value(error)},");
        }
        code.Line($"_ => {otherwise},");
        code.Close(";");
    }

    private static void EmitSet(CodeWriter code, string name, List<Error> errors)
    {
        code.Line($"public static bool {name}(this ErrorCode code) => code is");
        for (int i = 0; i < errors.Count; i++)
        {
            code.Line($"    {(i > 0 ? "or " : "")}ErrorCode.{errors[i].Name}{(i == errors.Count - 1 ? ";" : "")}");
        }
    }

    private static IEnumerable<Error> Errors(string table) => TextTable.Rows(table).Select(row => new Error(
        short.Parse(row["code"], CultureInfo.InvariantCulture),
        PascalCase(row["name"]),
        row["name"],
        row["retriable"] == "true",
        row["refreshes_metadata"] == "true",
        row["message"]));

    private static string PascalCase(string name) => string.Concat(name.Split('_').Select(word => word[..1] + word[1..].ToLowerInvariant()));

    private static string Quote(string text) => "\"" + text.Replace("\\\\", "\\").Replace("\\", "\\\\").Replace("\"", "\\\"") + "\"";

    private static string Xml(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");
}
