using Moldau.ProtocolGen.Schema;

namespace Moldau.ProtocolGen.Emit;

/// <summary>Writes the Write method of a message or struct.</summary>
public sealed class WriteEmitter(CodeWriter code, MessageSchema message, StructSchema type)
{
    private string FlexibleCondition => message.Flexible.ConditionIn(type.Scope);

    private string Flexible => FlexibleCondition is "true" or "false" ? FlexibleCondition : "flexible";

    private string FullName => type == message.Root ? message.Name : $"{message.Name}.{type.Name}";

    public void Emit()
    {
        bool isRoot = type == message.Root;
        code.Line(isRoot ? "/// <inheritdoc />" : "/// <summary>Writes the struct.</summary>");
        code.Open("public void Write(ref MessageWriter writer, short version)");
        if (isRoot)
        {
            code.Line("CheckVersion(version);");
        }
        if (Flexible == "flexible")
        {
            code.Line($"bool flexible = {FlexibleCondition};");
        }
        foreach (FieldSchema field in type.Fields)
        {
            EmitUntagged(field);
        }
        code.If(Flexible, EmitTagged, () =>
        {
            code.Open("if (UnknownTaggedFields is { Count: > 0 })");
            code.Line($"UnsupportedVersionException.ThrowTaggedFields(\"{FullName}\", version);");
            code.Close();
        });
        code.Close();
    }

    private void EmitUntagged(FieldSchema field)
    {
        VersionRange untagged = field.TaggedVersions.IsEmpty
            ? field.Versions
            : new VersionRange(field.Versions.Lowest, field.TaggedVersions.Lowest - 1);
        code.If(
            untagged.ConditionIn(type.Scope),
            () => EmitValue(field, FieldText.Compact(field, Flexible), untagged.And(type.Scope), isTagged: false),
            () => EmitRefusal(field));
    }

    /// <summary>Versions without the field: a value that is set and may not be dropped is refused.</summary>
    private void EmitRefusal(FieldSchema field)
    {
        if (field.IsIgnorable)
        {
            return;
        }
        string carried = field.Versions.ConditionIn(type.Scope);
        if (carried == "true")
        {
            return;
        }
        string isTagged = field.TaggedVersions.ConditionIn(type.Scope);
        code.Open(isTagged == "false" ? $"if ({FieldText.IsSet(field)})" : $"if (!({carried}) && {FieldText.IsSet(field)})");
        code.Line($"UnsupportedVersionException.ThrowField(\"{FullName}\", \"{field.Name}\", version);");
        code.Close();
    }

    private void EmitTagged()
    {
        List<FieldSchema> tagged = [.. type.Fields.Where(field => !field.TaggedVersions.And(type.Scope).IsEmpty).OrderBy(field => field.Tag)];
        VersionRange scope = message.Flexible.And(type.Scope);
        string[] conditions = [.. tagged.Select(field => Condition(field, scope))];
        code.Line("int count = UnknownTaggedFields?.Count ?? 0;");
        foreach (string condition in conditions)
        {
            code.Line($"count += {condition} ? 1 : 0;");
        }
        code.Line("writer.WriteUnsignedVarint(count);");
        code.Open("if (count > 0)");
        code.Line("int next = 0;");
        for (int i = 0; i < tagged.Count; i++)
        {
            FieldSchema field = tagged[i];
            code.Line($"next = writer.WriteUnknownTaggedFields(UnknownTaggedFields, next, {field.Tag});");
            code.Open($"if ({conditions[i]})");
            code.Line($"int start = writer.BeginTag({field.Tag});");
            EmitValue(field, "true", field.TaggedVersions.And(type.Scope), isTagged: true);
            code.Line("writer.EndTag(start);");
            code.Close();
        }
        code.Line("writer.WriteUnknownTaggedFields(UnknownTaggedFields, next, int.MaxValue);");
        code.Close();
    }

    private static string Condition(FieldSchema field, VersionRange scope)
    {
        string version = field.TaggedVersions.ConditionIn(scope);
        string set = FieldText.IsSet(field);
        return version == "true" ? set : $"({version} && {set})";
    }

    private void EmitValue(FieldSchema field, string compact, VersionRange versions, bool isTagged)
    {
        string nullable = field.NullableVersions.ConditionIn(versions);
        if (!field.IsNullable)
        {
            EmitPresent(field, field.Name, compact);
            return;
        }
        if (field.Primitive is { IsString: true } or { IsBytes: true } && !field.IsArray)
        {
            EmitNullableScalar(field, compact, nullable);
            return;
        }
        code.Open($"if ({field.Name} is null)");
        code.If(
            nullable,
            () => code.Line(field.IsArray ? $"writer.WriteArrayLength(-1, {compact});" : isTagged ? "writer.WriteUnsignedVarint(0);" : "writer.WriteInt8(-1);"),
            () => code.Line($"throw UnsupportedVersionException.Null(\"{FullName}\", \"{field.Name}\", version);"));
        code.Close();
        code.Open("else");
        if (field.IsStruct)
        {
            code.If(nullable, () => code.Line(isTagged ? "writer.WriteUnsignedVarint(1);" : "writer.WriteInt8(1);"));
        }
        EmitPresent(field, field.Name, compact);
        code.Close();
    }

    private void EmitNullableScalar(FieldSchema field, string compact, string nullable)
    {
        Primitive primitive = field.Primitive!;
        string value = primitive is { IsString: true, IsDomain: true } ? $"{field.Name}?.Value" : field.Name;
        string orThrow = $"{value} ?? throw UnsupportedVersionException.Null(\"{FullName}\", \"{field.Name}\", version)";
        code.If(
            nullable,
            () => code.Line($"writer.WriteNullable{primitive.Wire}({value}, {compact});"),
            () => code.Line($"writer.Write{primitive.Wire}({orThrow}, {compact});"));
    }

    private void EmitPresent(FieldSchema field, string value, string compact)
    {
        if (field.IsArray)
        {
            code.Line($"writer.WriteArrayLength({value}.Count, {compact});");
            code.Open($"foreach ({field.ElementType} item in CollectionsMarshal.AsSpan({value}))");
            EmitElement(field, "item", compact);
            code.Close();
        }
        else
        {
            EmitElement(field, value, compact);
        }
    }

    private void EmitElement(FieldSchema field, string value, string compact)
    {
        if (field.Primitive is not { } primitive)
        {
            code.Line($"{value}.Write(ref writer, version);");
        }
        else if (primitive.IsString || primitive.IsBytes)
        {
            code.Line($"writer.Write{primitive.Wire}({value}, {compact});");
        }
        else
        {
            code.Line($"writer.Write{primitive.Wire}({(primitive.IsEnum ? "(short)" : "")}{value});");
        }
    }
}
