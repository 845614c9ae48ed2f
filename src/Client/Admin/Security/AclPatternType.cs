namespace Moldau.Client;

/// <summary>How the name of an ACL's resource is meant (KIP-290). The numbers are the protocol's.</summary>
public enum AclPatternType : sbyte
{
    /// <summary>The broker tells of one that this client does not know.</summary>
    Unknown = 0,

    /// <summary>In filters: of any kind, the name as it stands.</summary>
    Any = 1,

    /// <summary>In filters: of any kind that holds for the name: the name itself, its prefixes, and <c>*</c>.</summary>
    Match = 2,

    /// <summary>This name; <c>*</c> for all.</summary>
    Literal = 3,

    /// <summary>All names that begin so.</summary>
    Prefixed = 4,
}
