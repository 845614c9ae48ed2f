namespace Moldau.Client;

/// <summary>Whether an ACL allows or denies. The numbers are the protocol's.</summary>
public enum AclPermissionType : sbyte
{
    Unknown = 0,

    /// <summary>In filters: both.</summary>
    Any = 1,
    Deny = 2,
    Allow = 3,
}
