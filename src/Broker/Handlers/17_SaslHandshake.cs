using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>SaslHandshake v0 and v1. On a PLAINTEXT listener there is nothing to authenticate with: ILLEGAL_SASL_STATE. SASL listeners come with their issue.</summary>
public sealed class SaslHandshakeHandler() : RequestHandler<SaslHandshakeRequest, SaslHandshakeResponse>(ApiKey.SaslHandshake)
{
    public override AuthorizationRequirement Authorization => AuthorizationRequirement.None;

    public override bool NeedsAuthentication => false;

    protected override ValueTask<SaslHandshakeResponse?> HandleAsync(RequestContext context, SaslHandshakeRequest request) =>
        new(ErrorResponse(request, ErrorCode.IllegalSaslState, null));

    protected override SaslHandshakeResponse ErrorResponse(SaslHandshakeRequest request, ErrorCode error, string? message) => new() { ErrorCode = error };
}
