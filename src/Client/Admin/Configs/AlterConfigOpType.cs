namespace Moldau.Client;

/// <summary>How a configuration changes. The numbers are the protocol's.</summary>
public enum AlterConfigOpType : sbyte
{
    /// <summary>It gets the value.</summary>
    Set = 0,

    /// <summary>It gets its default again.</summary>
    Delete = 1,

    /// <summary>The value's items are added to a list.</summary>
    Append = 2,

    /// <summary>The value's items are taken from a list.</summary>
    Subtract = 3,
}
