namespace Moldau.Client;

/// <summary>One change of a configuration (KIP-339). Immutable.</summary>
/// <param name="Name">The key.</param>
/// <param name="Value">The value; null to delete.</param>
/// <param name="Type">How it changes.</param>
public sealed record AlterConfigOp(string Name, string? Value, AlterConfigOpType Type = AlterConfigOpType.Set)
{
    public static AlterConfigOp Set(string name, string value) => new(name, value);

    public static AlterConfigOp Delete(string name) => new(name, null, AlterConfigOpType.Delete);

    public static AlterConfigOp Append(string name, string items) => new(name, items, AlterConfigOpType.Append);

    public static AlterConfigOp Subtract(string name, string items) => new(name, items, AlterConfigOpType.Subtract);
}
