using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>API 17, the choice of a SASL mechanism. Versions 0 and 1 are alike. A listener without SASL, and a connection that has authenticated, refuse it.</summary>
public sealed class SaslHandshakeHandler() : RequestHandler<SaslHandshakeRequest, SaslHandshakeResponse>(ApiKey.SaslHandshake)
{
    public override AuthorizationRequirement Authorization => AuthorizationRequirement.None;

    public override bool NeedsAuthentication => false;

    protected override ValueTask<SaslHandshakeResponse?> HandleAsync(RequestContext context, SaslHandshakeRequest request) =>
        new(ErrorResponse(request, ErrorCode.IllegalSaslState, message: null));

    protected override SaslHandshakeResponse? ErrorResponse(SaslHandshakeRequest request, ErrorCode error, string? message) => new() { ErrorCode = error };
}
