namespace Moldau.Client;

/// <summary>One rule of who may do what. Immutable.</summary>
/// <param name="ResourceType">What it is about.</param>
/// <param name="ResourceName">Its name; <c>kafka-cluster</c> for the cluster.</param>
/// <param name="PatternType">How the name is meant.</param>
/// <param name="Principal">Who: <c>User:alice</c>, <c>User:*</c> for all.</param>
/// <param name="Host">From where; <c>*</c> for anywhere.</param>
/// <param name="Operation">What.</param>
/// <param name="PermissionType">Whether it is allowed or denied.</param>
public sealed record AclBinding(
    AclResourceType ResourceType, string ResourceName, AclPatternType PatternType, string Principal, string Host, AclOperation Operation, AclPermissionType PermissionType);
