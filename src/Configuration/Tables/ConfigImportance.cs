namespace Moldau.Configuration;

/// <summary>How many operators need to know a key.</summary>
public enum ConfigImportance
{
    High,
    Medium,
    Low,
}
