using Moldau.ProtocolGen.Schema;

namespace Moldau.ProtocolGen.Emit;

/// <summary>Writes the ReadJson method of a message or struct.</summary>
public sealed class JsonReadEmitter(CodeWriter code, MessageSchema message, StructSchema type)
{
    public void Emit()
    {
        bool isRoot = type == message.Root;
        code.Line(isRoot ? "/// <inheritdoc />" : "/// <summary>Reads the JSON form of the struct.</summary>");
        code.Open($"public static {type.Name} ReadJson(JsonElement json, short version)");
        if (isRoot)
        {
            code.Line("CheckVersion(version);");
        }
        code.Line($"MessageJson.Object(json, \"{type.Name}\");");
        code.Line($"var message = new {type.Name}();");
        foreach (FieldSchema field in type.Fields)
        {
            EmitField(field);
        }
        code.If(message.Flexible.ConditionIn(type.Scope), () => code.Line("message.UnknownTaggedFields = MessageJson.ReadUnknownTaggedFields(json);"));
        code.Line("return message;");
        code.Close();
    }

    private void EmitField(FieldSchema field)
    {
        string carried = field.Versions.ConditionIn(type.Scope);
        string element = $"json{field.Name}";
        if (field.Tag is not null)
        {
            // A tagged field that is absent has its default.
            string present = $"json.TryGetProperty(\"{field.JsonName}\"u8, out JsonElement {element})";
            code.Open($"if ({(carried == "true" ? present : $"{carried} && {present}")})");
            EmitValue(field, element);
            code.Close();
            return;
        }
        code.If(carried, () =>
        {
            code.Line($"JsonElement {element} = MessageJson.Required(json, \"{field.JsonName}\"u8, \"{field.Name}\");");
            EmitValue(field, element);
        });
    }

    private void EmitValue(FieldSchema field, string element)
    {
        string nullable = field.NullableVersions.ConditionIn(field.Versions.And(type.Scope));
        string isNull = nullable switch
        {
            "false" => "false",
            "true" => $"MessageJson.IsNull({element})",
            _ => $"{nullable} && MessageJson.IsNull({element})",
        };
        code.If(isNull, () => code.Line($"message.{field.Name} = null;"), () => EmitPresent(field, element));
    }

    private void EmitPresent(FieldSchema field, string element)
    {
        if (!field.IsArray)
        {
            code.Line($"message.{field.Name} = {Element(field, element)};");
            return;
        }
        code.Line($"var items{field.Name} = new List<{field.ElementType}>();");
        code.Open($"foreach (JsonElement item in MessageJson.Elements({element}, \"{field.Name}\"))");
        code.Line($"items{field.Name}.Add({Element(field, "item")});");
        code.Close();
        code.Line($"message.{field.Name} = items{field.Name};");
    }

    private string Element(FieldSchema field, string element)
    {
        if (field.Primitive is not { } primitive)
        {
            return $"{message.Name}.{field.StructName}.ReadJson({element}, version)";
        }
        string method = primitive.IsString ? "Text" : primitive.Wire;
        string read = $"MessageJson.{method}({element}, \"{field.Name}\")";
        return primitive.IsEnum ? $"({primitive.CSharp}){read}"
            : primitive is { IsDomain: true, IsString: true } ? $"new {primitive.CSharp}({read})"
            : read;
    }
}
