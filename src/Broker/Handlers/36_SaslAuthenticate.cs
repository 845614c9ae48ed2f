using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>SaslAuthenticate v0 to v2. On a PLAINTEXT listener it comes out of place: ILLEGAL_SASL_STATE. SASL listeners come with their issue.</summary>
public sealed class SaslAuthenticateHandler() : RequestHandler<SaslAuthenticateRequest, SaslAuthenticateResponse>(ApiKey.SaslAuthenticate)
{
    public override AuthorizationRequirement Authorization => AuthorizationRequirement.None;

    public override bool NeedsAuthentication => false;

    protected override ValueTask<SaslAuthenticateResponse?> HandleAsync(RequestContext context, SaslAuthenticateRequest request) =>
        new(ErrorResponse(request, ErrorCode.IllegalSaslState, "SaslAuthenticate request received after successful authentication"));

    protected override SaslAuthenticateResponse ErrorResponse(SaslAuthenticateRequest request, ErrorCode error, string? message) => new() { ErrorCode = error, ErrorMessage = message };
}
