namespace Moldau.Client;

/// <summary>The type of a configuration's value. The numbers are the protocol's.</summary>
public enum ConfigType : sbyte
{
    /// <summary>The broker does not tell; those before 2.6 do not.</summary>
    Unknown = 0,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean = 1,

    /// <summary>A text.</summary>
    String = 2,

    /// <summary>A whole number of 32 bits.</summary>
    Int = 3,

    /// <summary>A whole number of 16 bits.</summary>
    Short = 4,

    /// <summary>A whole number of 64 bits.</summary>
    Long = 5,

    /// <summary>A number with a fraction, of 64 bits.</summary>
    Double = 6,

    /// <summary>Texts with commas between them.</summary>
    List = 7,

    /// <summary>The name of a Java class.</summary>
    Class = 8,

    /// <summary>A secret: the broker does not tell it.</summary>
    Password = 9,
}
