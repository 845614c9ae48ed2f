namespace Moldau.Configuration;

/// <summary>The type of a configuration value. The numbers are the type codes of DescribeConfigs (KIP-226, KIP-569).</summary>
public enum ConfigType : sbyte
{
    Unknown = 0,
    Boolean = 1,
    String = 2,
    Int = 3,
    Short = 4,
    Long = 5,
    Double = 6,
    List = 7,
    Class = 8,
    Password = 9,
}
