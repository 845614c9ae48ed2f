namespace Moldau.Configuration;

/// <summary>One change of one key. The value of a deletion is not looked at.</summary>
public readonly record struct ConfigEdit(string Name, ConfigOperation Operation, string? Value);
