namespace Moldau.Client;

/// <summary>One change of a configuration (KIP-339). Immutable.</summary>
/// <param name="Name">The key.</param>
/// <param name="Value">The value; null to delete.</param>
/// <param name="Type">How it changes.</param>
public sealed record AlterConfigOp(string Name, string? Value, AlterConfigOpType Type = AlterConfigOpType.Set)
{
    /// <summary>Gives the key this value.</summary>
    public static AlterConfigOp Set(string name, string value) => new(name, value);

    /// <summary>Takes away what is set, so that the default holds, or what is set for more than this resource.</summary>
    public static AlterConfigOp Delete(string name) => new(name, null, AlterConfigOpType.Delete);

    /// <summary>Adds to a list. Other keys refuse it: INVALID_CONFIG.</summary>
    /// <param name="name">The key.</param>
    /// <param name="items">With commas between them; those that the list has already stay once.</param>
    public static AlterConfigOp Append(string name, string items) => new(name, items, AlterConfigOpType.Append);

    /// <summary>Takes from a list. Other keys refuse it: INVALID_CONFIG.</summary>
    /// <param name="name">The key.</param>
    /// <param name="items">With commas between them; those that the list has not are passed over.</param>
    public static AlterConfigOp Subtract(string name, string items) => new(name, items, AlterConfigOpType.Subtract);
}
