using Moldau.ProtocolGen.Schema;

namespace Moldau.ProtocolGen.Emit;

/// <summary>Writes the second file of one message: its JSON form.</summary>
public static class JsonEmitter
{
    private static readonly string[] Usings =
    [
        "System.Collections.Generic", "System.Text.Json", "Moldau.Core",
    ];

    public static string Emit(MessageSchema message)
    {
        CodeWriter code = CodeWriter.ForFile(Usings);
        code.Line($"namespace {message.Namespace};");
        code.Line();
        code.Open($"public sealed partial class {message.Name}");
        EmitType(code, message, message.Root);
        foreach (StructSchema type in message.Structs)
        {
            code.Line();
            code.Open($"public sealed partial class {type.Name}");
            EmitType(code, message, type);
            code.Close();
        }
        code.Close();
        return code.ToString();
    }

    private static void EmitType(CodeWriter code, MessageSchema message, StructSchema type)
    {
        new JsonReadEmitter(code, message, type).Emit();
        code.Line();
        new JsonWriteEmitter(code, message, type).Emit();
    }
}
