using System.Net;

namespace Moldau.Security;

/// <summary>Allows everything: what Kafka does without <c>authorizer.class.name</c>.</summary>
public sealed class PermissiveAuthorizer : IAuthorizer
{
    public static PermissiveAuthorizer Instance { get; } = new();

    public AuthorizationResult Authorize(KafkaPrincipal principal, IPAddress host, AclOperation operation, ResourceType type, string name) =>
        AuthorizationResult.Allowed;

    public AuthorizationResult AuthorizeAny(KafkaPrincipal principal, IPAddress host, AclOperation operation, ResourceType type) =>
        AuthorizationResult.Allowed;
}
