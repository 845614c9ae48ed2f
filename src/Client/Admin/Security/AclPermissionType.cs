namespace Moldau.Client;

/// <summary>Whether an ACL allows or denies. The numbers are the protocol's.</summary>
public enum AclPermissionType : sbyte
{
    /// <summary>The broker tells of one that this client does not know.</summary>
    Unknown = 0,

    /// <summary>In filters: both.</summary>
    Any = 1,

    /// <summary>It denies, whatever others allow.</summary>
    Deny = 2,

    /// <summary>It allows, unless another denies.</summary>
    Allow = 3,
}
