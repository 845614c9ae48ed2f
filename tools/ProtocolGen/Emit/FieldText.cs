using System.Globalization;
using Moldau.ProtocolGen.Schema;

namespace Moldau.ProtocolGen.Emit;

/// <summary>Pieces of C# about one field that several emitters need.</summary>
public static class FieldText
{
    /// <summary>The list or struct that a property holds in a new object; null when it holds none.</summary>
    public static string? ObjectInitializer(FieldSchema field) =>
        field.DefaultsToNull ? null
        : field.IsArray ? "[]"
        : field.Primitive is null ? "new()"
        : null;

    /// <summary>The value that a property holds in a new object; null when the type's own default will do.</summary>
    public static string? Initializer(FieldSchema field)
    {
        if (field.DefaultsToNull || field.IsArray || field.Primitive is null)
        {
            return null;
        }
        if (field.Default is { } value)
        {
            return field.Primitive.IsEnum ? $"({field.Primitive.CSharp})({value})" : value;
        }
        return field switch
        {
            { Primitive.IsString: true, Primitive.IsDomain: false } => "\"\"",
            { Primitive.IsString: true, IsNullable: true } => $"new {field.Primitive.CSharp}(\"\")",
            { Primitive.Name: "bytes", IsNullable: true } => "ReadOnlyMemory<byte>.Empty",
            _ => null,
        };
    }

    /// <summary>The condition that the field does not have its default.</summary>
    public static string IsSet(FieldSchema field)
    {
        string name = field.Name;
        if (field.DefaultsToNull || field is { Primitive.Name: "records", IsArray: false, IsNullable: true })
        {
            return $"{name} is not null";
        }
        if (field.IsArray)
        {
            return field.IsNullable ? $"{name} is not {{ Count: 0 }}" : $"{name}.Count != 0";
        }
        if (field.Primitive is null)
        {
            return field.IsNullable ? $"({name} is null || !{name}.IsDefault())" : $"!{name}.IsDefault()";
        }
        if (field.Primitive.IsString)
        {
            string text = field.Default ?? "\"\"";
            return field.Primitive.IsDomain && field.IsNullable ? $"{name}?.Value is not {text}"
                : field.Primitive.IsDomain ? $"{name}.Value is not {text}"
                : $"{name} is not {text}";
        }
        if (field.Primitive.IsBytes)
        {
            return field.IsNullable ? $"{name} is not {{ Length: 0 }}" : $"!{name}.IsEmpty";
        }
        if (field.Primitive.Wire == "Boolean")
        {
            return field.Default == "true" ? $"!{name}" : name;
        }
        if (field.Primitive.Wire == "Uuid")
        {
            return $"!{name}.IsZero";
        }
        string number = field.Default ?? "0";
        return field.Primitive.IsEnum ? $"(short){name} != {number}"
            : field.Primitive.IsDomain ? $"{name}.Value != {number}"
            : $"{name} != {number.ToString(CultureInfo.InvariantCulture)}";
    }

    /// <summary>Whether the field takes its compact form: a C# condition.</summary>
    public static string Compact(FieldSchema field, string flexible) => field.IsInflexible ? "false" : flexible;
}
