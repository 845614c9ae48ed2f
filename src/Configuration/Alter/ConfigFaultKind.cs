namespace Moldau.Configuration;

/// <summary>How a change of configuration is refused. The numbers are Kafka's error codes.</summary>
public enum ConfigFaultKind : short
{
    /// <summary>INVALID_CONFIG.</summary>
    InvalidConfig = 40,

    /// <summary>INVALID_REQUEST.</summary>
    InvalidRequest = 42,
}
