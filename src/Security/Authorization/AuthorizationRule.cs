namespace Moldau.Security;

/// <summary>An operation on a type of resource that a request demands.</summary>
/// <param name="Operation">What the principal must be allowed to do.</param>
/// <param name="Resource">To which type of resource; the request names which one.</param>
/// <param name="When">When the rule counts; null for always.</param>
public sealed record AuthorizationRule(AclOperation Operation, ResourceType Resource, string? When = null);
