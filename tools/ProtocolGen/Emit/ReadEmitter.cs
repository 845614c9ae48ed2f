using Moldau.ProtocolGen.Schema;

namespace Moldau.ProtocolGen.Emit;

/// <summary>
/// Writes the Read method of a message or struct, and the constructor behind it. That constructor makes no lists and structs that reading would replace
/// at once, as the public one does.
/// </summary>
public sealed class ReadEmitter(CodeWriter code, MessageSchema message, StructSchema type)
{
    private string Flexible => message.Flexible.ConditionIn(type.Scope) is "true" or "false" ? message.Flexible.ConditionIn(type.Scope) : "flexible";

    public void Emit()
    {
        bool isRoot = type == message.Root;
        code.Line(isRoot ? "/// <inheritdoc />" : "/// <summary>Reads the struct.</summary>");
        if (isRoot)
        {
            // Inlined into the catalog's switch over all messages, it would have the runtime load all of them when the first is read: 600 types at the start of a node.
            code.Line("[MethodImpl(MethodImplOptions.NoInlining)]");
        }
        code.Line($"public static {type.Name} Read(ref MessageReader reader, short version) => new(ref reader, version);");
        code.Line();
        code.Open($"private {type.Name}(ref MessageReader reader, short version)");
        if (isRoot)
        {
            code.Line("CheckVersion(version);");
        }
        if (Flexible == "flexible")
        {
            code.Line($"bool flexible = {message.Flexible.ConditionIn(type.Scope)};");
        }
        foreach (FieldSchema field in type.Fields)
        {
            EmitUntagged(field);
        }
        code.If(Flexible, EmitTagged);
        code.Close();
    }

    private void EmitUntagged(FieldSchema field)
    {
        // Versions and tagged versions end together, so what is left is one range.
        VersionRange untagged = field.TaggedVersions.IsEmpty
            ? field.Versions
            : new VersionRange(field.Versions.Lowest, field.TaggedVersions.Lowest - 1);
        Action? otherwise = FieldText.ObjectInitializer(field) is { } initializer ? () => code.Line($"{field.Name} = {initializer};") : null;
        code.If(
            untagged.ConditionIn(type.Scope),
            () => EmitValue(field, FieldText.Compact(field, Flexible), untagged.And(type.Scope), isTagged: false),
            otherwise);
    }

    private void EmitTagged()
    {
        code.Open("for (int count = reader.ReadTaggedFieldCount(); count > 0; count--)");
        code.Line("int tag = reader.ReadTag(out int size);");
        List<FieldSchema> tagged = [.. type.Fields.Where(field => !field.TaggedVersions.And(type.Scope).IsEmpty)];
        if (tagged.Count == 0)
        {
            code.Line("UnknownTaggedFields = reader.ReadUnknownTaggedField(UnknownTaggedFields, tag, size);");
            code.Close();
            return;
        }
        code.Open("switch (tag)");
        foreach (FieldSchema field in tagged)
        {
            code.Open($"case {field.Tag}:");
            VersionRange scope = message.Flexible.And(type.Scope);
            string condition = field.TaggedVersions.ConditionIn(scope);
            if (condition != "true")
            {
                code.Open($"if (!({condition}))");
                code.Line("MessageReader.ThrowTagVersion(tag, version);");
                code.Close();
            }
            EmitValue(field, "true", field.TaggedVersions.And(type.Scope), isTagged: true);
            code.Line("break;");
            code.Close();
        }
        code.Open("default:");
        code.Line("UnknownTaggedFields = reader.ReadUnknownTaggedField(UnknownTaggedFields, tag, size);");
        code.Line("break;");
        code.Close();
        code.Close();
        code.Close();
    }

    private void EmitValue(FieldSchema field, string compact, VersionRange versions, bool isTagged)
    {
        string nullable = field.NullableVersions.ConditionIn(versions);
        if (field.IsArray)
        {
            EmitArray(field, compact, nullable);
        }
        else if (field.Primitive is null)
        {
            string read = $"{message.Name}.{field.StructName}.Read(ref reader, version)";
            string presence = isTagged ? "reader.ReadTaggedStructPresence()" : "reader.ReadStructPresence()";
            string condition = nullable switch { "true" => presence, "false" => "true", _ => $"!({nullable}) || {presence}" };
            code.Line($"{field.Name} = {(condition == "true" ? read : $"{condition} ? {read} : null")};");
        }
        else
        {
            code.Line($"{field.Name} = {Scalar(field, compact, nullable)};");
        }
    }

    private static string Scalar(FieldSchema field, string compact, string nullable)
    {
        Primitive primitive = field.Primitive!;
        if (!primitive.IsString && !primitive.IsBytes)
        {
            return Element(primitive, compact, field.Name);
        }
        string plain = $"reader.Read{primitive.Wire}({compact}, \"{field.Name}\")";
        if (nullable == "false")
        {
            return primitive.IsDomain && field.IsNullable ? $"new {primitive.CSharp}({plain})" : plain;
        }
        string orNull = primitive.IsBytes ? $"reader.ReadNullableBytes({compact})" : $"reader.ReadNullableString({compact}, \"{field.Name}\")";
        string either = nullable == "true" ? orNull : $"{nullable} ? {orNull} : {plain}";
        if (!primitive.IsDomain)
        {
            return either;
        }
        string found = $"found{field.Name}";
        return $"({either}) is {{ }} {found} ? new {primitive.CSharp}({found}) : default({primitive.CSharp}?)";
    }

    private static string Element(Primitive primitive, string compact, string field) =>
        primitive.IsString || primitive.IsBytes ? $"reader.Read{primitive.Wire}({compact}, \"{field}\")"
        : primitive.IsEnum ? $"({primitive.CSharp})reader.ReadInt16()"
        : $"reader.Read{primitive.Wire}()";

    private void EmitArray(FieldSchema field, string compact, string nullable)
    {
        int sizeMin = field.Primitive?.SizeMin ?? field.Struct!.SizeMin(message.Flexible);
        string arguments = $"({compact}, {sizeMin}, \"{field.Name}\")";
        string plain = $"reader.ReadArrayLength{arguments}";
        string orNull = $"reader.ReadNullableArrayLength{arguments}";
        string length = nullable switch { "false" => plain, "true" => orNull, _ => $"{nullable} ? {orNull} : {plain}" };
        code.Open();
        code.Line($"int length = {length};");
        code.If(nullable == "false" ? "true" : "length >= 0", () =>
        {
            code.Line($"var items = new List<{field.ElementType}>(length);");
            code.Open("for (int i = 0; i < length; i++)");
            string element = field.Primitive is { } primitive ? Element(primitive, compact, field.Name) : $"{message.Name}.{field.StructName}.Read(ref reader, version)";
            code.Line($"items.Add({element});");
            code.Close();
            code.Line($"{field.Name} = items;");
        }, () => code.Line($"{field.Name} = null;"));
        code.Close();
    }
}
