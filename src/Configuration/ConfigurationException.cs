namespace Moldau.Configuration;

/// <summary>The configuration of a node is wrong. The message names the key, the value and what would be right; the program ends with exit code 2.</summary>
public sealed class ConfigurationException(string message) : Exception(message);
