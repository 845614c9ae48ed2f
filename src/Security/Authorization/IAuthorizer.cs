using System.Net;

namespace Moldau.Security;

/// <summary>Decides what principals may do. Any thread may call it, for each resource of each request: it must neither block nor wait.</summary>
public interface IAuthorizer
{
    /// <summary>Whether <paramref name="principal"/>, coming from <paramref name="host"/>, may do that to the resource.</summary>
    AuthorizationResult Authorize(KafkaPrincipal principal, IPAddress host, AclOperation operation, ResourceType type, string name);

    /// <summary>Whether it may do that to at least one resource of the type (an idempotent producer needs Write on any topic).</summary>
    AuthorizationResult AuthorizeAny(KafkaPrincipal principal, IPAddress host, AclOperation operation, ResourceType type);
}
