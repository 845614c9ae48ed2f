using Moldau.ProtocolGen.Schema;

namespace Moldau.ProtocolGen.Emit;

/// <summary>Writes IsDefault for structs that a message holds as themselves: their being left out depends on it.</summary>
public static class DefaultEmitter
{
    public static bool IsNeeded(MessageSchema message, StructSchema type) =>
        message.Structs.Append(message.Root).SelectMany(owner => owner.Fields).Any(field => field.IsStruct && field.Struct == type);

    public static void Emit(CodeWriter code, StructSchema type)
    {
        code.Line("/// <summary>Whether each field has its default, so that a tagged field of this type is left out.</summary>");
        code.Open("public bool IsDefault()");
        IEnumerable<string> set = type.Fields.Select(FieldText.IsSet).Append("UnknownTaggedFields is { Count: > 0 }");
        foreach (string condition in set)
        {
            code.Open($"if ({condition})");
            code.Line("return false;");
            code.Close();
        }
        code.Line("return true;");
        code.Close();
    }
}
