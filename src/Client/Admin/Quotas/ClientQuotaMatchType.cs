namespace Moldau.Client;

/// <summary>How a part of a quota's entity is looked for. The numbers are the protocol's.</summary>
public enum ClientQuotaMatchType : sbyte
{
    /// <summary>This name.</summary>
    Exact = 0,

    /// <summary>The default of the type.</summary>
    Default = 1,

    /// <summary>Any name, and the default.</summary>
    Specified = 2,
}
