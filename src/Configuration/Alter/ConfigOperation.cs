namespace Moldau.Configuration;

/// <summary>What IncrementalAlterConfigs does with a key. The numbers are the request's (KIP-339).</summary>
public enum ConfigOperation : sbyte
{
    Set = 0,
    Delete = 1,
    Append = 2,
    Subtract = 3,
}
