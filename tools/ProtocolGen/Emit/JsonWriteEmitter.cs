using Moldau.ProtocolGen.Schema;

namespace Moldau.ProtocolGen.Emit;

/// <summary>Writes the WriteJson method of a message or struct.</summary>
public sealed class JsonWriteEmitter(CodeWriter code, MessageSchema message, StructSchema type)
{
    private string FullName => type == message.Root ? message.Name : $"{message.Name}.{type.Name}";

    public void Emit()
    {
        bool isRoot = type == message.Root;
        code.Line(isRoot ? "/// <inheritdoc />" : "/// <summary>Writes the JSON form of the struct.</summary>");
        code.Open("public void WriteJson(Utf8JsonWriter json, short version)");
        if (isRoot)
        {
            code.Line("CheckVersion(version);");
        }
        code.Line("json.WriteStartObject();");
        foreach (FieldSchema field in type.Fields)
        {
            EmitField(field);
        }
        code.Line("MessageJson.WriteUnknownTaggedFields(json, UnknownTaggedFields);");
        code.Line("json.WriteEndObject();");
        code.Close();
    }

    private void EmitField(FieldSchema field)
    {
        string carried = field.Versions.ConditionIn(type.Scope);
        code.If(
            carried,
            () =>
            {
                string tagged = field.TaggedVersions.ConditionIn(field.Versions.And(type.Scope));
                string present = tagged switch
                {
                    "false" => "true",
                    "true" => FieldText.IsSet(field),
                    _ => $"!({tagged}) || {FieldText.IsSet(field)}",
                };
                code.If(present, () => EmitValue(field));
            },
            field.IsIgnorable ? null : () =>
            {
                code.Open($"if ({FieldText.IsSet(field)})");
                code.Line($"UnsupportedVersionException.ThrowField(\"{FullName}\", \"{field.Name}\", version);");
                code.Close();
            });
    }

    private void EmitValue(FieldSchema field)
    {
        if (!field.IsNullable)
        {
            EmitPresent(field, field.Name);
            return;
        }
        code.Open($"if ({field.Name} is null)");
        code.If(
            field.NullableVersions.ConditionIn(field.Versions.And(type.Scope)),
            () => code.Line($"json.WriteNull(\"{field.JsonName}\"u8);"),
            () => code.Line($"throw UnsupportedVersionException.Null(\"{FullName}\", \"{field.Name}\", version);"));
        code.Close();
        code.Open("else");
        EmitPresent(field, field.IsReferenceType ? field.Name : $"{field.Name}.Value");
        code.Close();
    }

    private void EmitPresent(FieldSchema field, string value)
    {
        string name = $"\"{field.JsonName}\"u8";
        if (field.IsArray)
        {
            code.Line($"json.WriteStartArray({name});");
            code.Open($"foreach ({field.ElementType} item in {value})");
            code.Line(ElementStatement(field));
            code.Close();
            code.Line("json.WriteEndArray();");
        }
        else if (field.Primitive is not { } primitive)
        {
            code.Line($"json.WritePropertyName({name});");
            code.Line($"{value}.WriteJson(json, version);");
        }
        else
        {
            code.Line(PropertyStatement(primitive, name, value));
        }
    }

    private static string PropertyStatement(Primitive primitive, string name, string value) => primitive switch
    {
        { IsBytes: true } => $"json.WriteBase64String({name}, {value}.Span);",
        { Wire: "Float64" } => $"MessageJson.WriteFloat64(json, {name}, {value});",
        { Wire: "Boolean" } => $"json.WriteBoolean({name}, {value});",
        { Wire: "Uuid" } => $"json.WriteString({name}, {value}.ToString());",
        { IsString: true } => $"json.WriteString({name}, {Plain(primitive, value)});",
        _ => $"json.WriteNumber({name}, {Plain(primitive, value)});",
    };

    private static string ElementStatement(FieldSchema field) => field.Primitive switch
    {
        null => "item.WriteJson(json, version);",
        { Wire: "Uuid" } => "json.WriteStringValue(item.ToString());",
        { IsString: true } => $"json.WriteStringValue({Plain(field.Primitive, "item")});",
        { IsNumber: true } => $"json.WriteNumberValue({Plain(field.Primitive, "item")});",
        _ => throw new SchemaException($"{field.Name}: arrays of {field.Primitive.Name} have no JSON form"),
    };

    /// <summary>The value as the type that the JSON writer takes: several implicit conversions of a domain type would be ambiguous.</summary>
    private static string Plain(Primitive primitive, string value) =>
        primitive.IsEnum ? $"(short){value}" : primitive.IsDomain ? $"{value}.Value" : value;
}
