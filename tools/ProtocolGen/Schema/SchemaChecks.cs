namespace Moldau.ProtocolGen.Schema;

/// <summary>Joins fields with their structs, and refuses schemas whose readers could not keep their promises.</summary>
public static class SchemaChecks
{
    public static void Finish(MessageSchema message, string path)
    {
        var structs = new Dictionary<string, StructSchema>();
        foreach (StructSchema type in message.Structs)
        {
            if (!structs.TryAdd(type.Name, type))
            {
                throw new SchemaException($"{path}: the struct {type.Name} is there twice");
            }
        }
        foreach (FieldSchema field in message.Structs.Append(message.Root).SelectMany(type => type.Fields))
        {
            if (field.StructName is { } name)
            {
                field.Struct = structs.TryGetValue(name, out StructSchema? type)
                    ? type
                    : throw new SchemaException($"{path}: {field.Name} has the type {name}, which is not known");
            }
        }
        RefuseRecursion(message.Root, [], path);
        foreach (StructSchema type in message.Structs.Append(message.Root))
        {
            CheckFields(message, type, path);
        }
    }

    /// <summary>A struct that holds itself would let a peer choose the depth of the reader's stack.</summary>
    private static void RefuseRecursion(StructSchema type, HashSet<string> above, string path)
    {
        if (!above.Add(type.Name))
        {
            throw new SchemaException($"{path}: the struct {type.Name} holds itself");
        }
        foreach (FieldSchema field in type.Fields.Where(field => field.Struct is not null))
        {
            RefuseRecursion(field.Struct!, above, path);
        }
        above.Remove(type.Name);
    }

    private static void CheckFields(MessageSchema message, StructSchema type, string path)
    {
        foreach (FieldSchema field in type.Fields)
        {
            string where = $"{path}: {type.Name}.{field.Name}";
            if (field.Versions.And(type.Scope).IsEmpty)
            {
                throw new SchemaException($"{where} is in no version");
            }
            if (!message.Flexible.Covers(field.TaggedVersions) && !field.TaggedVersions.IsEmpty)
            {
                throw new SchemaException($"{where} is tagged in versions that are not flexible");
            }
            if (field.DefaultsToNull && !field.IsNullable)
            {
                throw new SchemaException($"{where} defaults to null, but is never null");
            }
            // Elements that take no bytes would let a short frame claim a million objects, again and again.
            if (field is { IsArray: true, Struct: { } element } && element.SizeMin(message.Flexible) == 0)
            {
                throw new SchemaException($"{where} has elements that take no bytes in some version");
            }
        }
        if (type.Fields.Select(field => field.Name).Distinct().Count() != type.Fields.Count)
        {
            throw new SchemaException($"{path}: {type.Name} has two fields of one name");
        }
    }
}
