using Moldau.Metadata;
using Moldau.Protocol;

namespace Moldau.Controller;

/// <summary>Which ACLs a request means (KIP-140, KIP-290). Nulls and the number 1 stand for any; pattern type 2 for all patterns that match the name.</summary>
public readonly record struct AclFilter(
    sbyte ResourceType, string? ResourceName, sbyte PatternType, string? Principal, string? Host, sbyte Operation, sbyte PermissionType)
{
    private const sbyte Any = 1;
    private const sbyte Match = 2;
    private const sbyte Literal = 3;
    private const sbyte Prefixed = 4;

    /// <summary>A filter with a number that this program does not know would delete too much or show too little: it is refused.</summary>
    public ApiError Check()
    {
        if (ResourceType is < Any or > AclManager.ResourceTypeMax || PatternType is < Any or > Prefixed)
        {
            return new(ErrorCode.InvalidRequest, "Unknown patternFilter.");
        }

        return Operation is < Any or > AclManager.OperationMax || PermissionType is < Any or > AclManager.PermissionMax
            ? new(ErrorCode.InvalidRequest, "Unknown entryFilter.")
            : ApiError.None;
    }

    public bool Matches(AccessControlEntry entry) =>
        (ResourceType == Any || ResourceType == entry.ResourceType)
        && MatchesPattern(entry)
        && (Principal is null || Principal == entry.Principal)
        && (Host is null || Host == entry.Host)
        && (Operation == Any || Operation == entry.Operation)
        && (PermissionType == Any || PermissionType == entry.PermissionType);

    private bool MatchesPattern(AccessControlEntry entry)
    {
        if (PatternType is not (Any or Match) && PatternType != entry.PatternType)
        {
            return false;
        }

        if (ResourceName is null)
        {
            return true;
        }

        if (PatternType == Any || PatternType == entry.PatternType)
        {
            return ResourceName == entry.ResourceName;
        }

        return entry.PatternType switch
        {
            Literal => ResourceName == entry.ResourceName || entry.ResourceName == "*",
            Prefixed => ResourceName.StartsWith(entry.ResourceName, StringComparison.Ordinal),
            _ => false,
        };
    }
}
