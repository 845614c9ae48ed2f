namespace Moldau.ProtocolGen.Schema;

/// <summary>A type that a field may have without being a struct.</summary>
/// <param name="Name">As the schema spells it.</param>
/// <param name="Wire">Which methods of the reader and writer move it: the end of their names.</param>
/// <param name="CSharp">The type of the property.</param>
/// <param name="WireCSharp">The type that the wire methods speak.</param>
/// <param name="IsReference">Whether a nullable property of it needs no <see cref="Nullable{T}"/>.</param>
/// <param name="SizeMin">The fewest bytes it takes.</param>
public sealed record Primitive(string Name, string Wire, string CSharp, string WireCSharp, bool IsReference, int SizeMin)
{
    private static readonly Dictionary<string, Primitive> All = new[]
    {
        Plain("bool", "Boolean", "bool", 1),
        Plain("int8", "Int8", "sbyte", 1),
        Plain("int16", "Int16", "short", 2),
        Plain("uint16", "UInt16", "ushort", 2),
        Plain("int32", "Int32", "int", 4),
        Plain("uint32", "UInt32", "uint", 4),
        Plain("int64", "Int64", "long", 8),
        Plain("float64", "Float64", "double", 8),
        Plain("uuid", "Uuid", "Uuid", 16),
        new Primitive("string", "String", "string", "string", true, 1),
        new Primitive("bytes", "Bytes", "ReadOnlyMemory<byte>", "ReadOnlyMemory<byte>", false, 1),
        new Primitive("records", "Bytes", "ReadOnlyMemory<byte>", "ReadOnlyMemory<byte>", false, 1),
        Domain("TopicName", "String", "string", 1),
        Domain("GroupId", "String", "string", 1),
        Domain("TransactionalId", "String", "string", 1),
        Domain("BrokerId", "Int32", "int", 4),
        Domain("LeaderEpoch", "Int32", "int", 4),
        Domain("PartitionIndex", "Int32", "int", 4),
        Domain("ProducerId", "Int64", "long", 8),
        Domain("Offset", "Int64", "long", 8),
        Domain("ErrorCode", "Int16", "short", 2),
        Domain("ApiKey", "Int16", "short", 2),
    }.ToDictionary(primitive => primitive.Name);

    public bool IsString => Wire == "String";

    public bool IsBytes => Wire == "Bytes";

    public bool IsNumber => !IsString && !IsBytes && Wire is not ("Uuid" or "Boolean");

    /// <summary>Enumerations convert by a cast only; the other domain types convert by themselves.</summary>
    public bool IsEnum => Name is "ErrorCode" or "ApiKey";

    public bool IsDomain => CSharp != WireCSharp;

    public static bool TryGet(string name, out Primitive primitive) => All.TryGetValue(name, out primitive!);

    private static Primitive Plain(string name, string wire, string csharp, int size) => new(name, wire, csharp, csharp, false, size);

    private static Primitive Domain(string name, string wire, string wireCSharp, int size) => new(name, wire, name, wireCSharp, false, size);
}
