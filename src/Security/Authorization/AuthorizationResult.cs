namespace Moldau.Security;

/// <summary>The answer of an authorizer.</summary>
public enum AuthorizationResult
{
    Denied,
    Allowed,

    /// <summary>The rules are not loaded yet: nothing can be said, and the client is to try again.</summary>
    NotReady,
}
