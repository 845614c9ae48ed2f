namespace Moldau.Client;

/// <summary>Which rules are meant; one that sets nothing means all. Immutable.</summary>
public sealed record AclBindingFilter
{
    /// <summary>Rules about this.</summary>
    public AclResourceType ResourceType { get; init; } = AclResourceType.Any;

    /// <summary>Rules about what has this name; null for all.</summary>
    public string? ResourceName { get; init; }

    /// <summary>How the name is meant.</summary>
    public AclPatternType PatternType { get; init; } = AclPatternType.Any;

    /// <summary>Rules for this principal; null for all.</summary>
    public string? Principal { get; init; }

    /// <summary>Rules for this host; null for all.</summary>
    public string? Host { get; init; }

    /// <summary>Rules about this operation.</summary>
    public AclOperation Operation { get; init; } = AclOperation.Any;

    /// <summary>Rules that allow, or deny.</summary>
    public AclPermissionType PermissionType { get; init; } = AclPermissionType.Any;
}
