using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>API 36, the tokens of a SASL exchange. Version 1 adds the session's lifetime (KIP-368), 2 is flexible. A listener without SASL, and a connection that has authenticated, refuse it.</summary>
public sealed class SaslAuthenticateHandler() : RequestHandler<SaslAuthenticateRequest, SaslAuthenticateResponse>(ApiKey.SaslAuthenticate)
{
    public override AuthorizationRequirement Authorization => AuthorizationRequirement.None;

    public override bool NeedsAuthentication => false;

    protected override ValueTask<SaslAuthenticateResponse?> HandleAsync(RequestContext context, SaslAuthenticateRequest request) =>
        new(ErrorResponse(request, ErrorCode.IllegalSaslState, "SaslAuthenticate request received after successful authentication"));

    protected override SaslAuthenticateResponse? ErrorResponse(SaslAuthenticateRequest request, ErrorCode error, string? message) =>
        new() { ErrorCode = error, ErrorMessage = message };
}
