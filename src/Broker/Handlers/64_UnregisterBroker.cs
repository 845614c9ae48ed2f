using Moldau.Controller;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>UnregisterBroker v0 (KIP-631): forgets a broker that will not come back.</summary>
public sealed class UnregisterBrokerHandler(ControllerAccess access, QuorumController controller)
    : ControllerRequestHandler<UnregisterBrokerRequest, UnregisterBrokerResponse>(ApiKey.UnregisterBroker, access)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(AclOperation.Alter, ResourceType.Cluster);

    public override AuthorizationRequirement Authorization => Required;

    protected override async ValueTask<UnregisterBrokerResponse?> HandleAsync(RequestContext context, UnregisterBrokerRequest request)
    {
        var reply = await controller.UnregisterBrokerAsync(request, new RequestOptions(context.ApiVersion, context.Principal.ToString()));
        await Controller.SeenHereAsync();
        return reply.IsError ? ErrorResponse(request, reply.Error.Code, reply.Error.Message) : reply.Response;
    }

    protected override UnregisterBrokerResponse ErrorResponse(UnregisterBrokerRequest request, ErrorCode error, string? message) => new() { ErrorCode = error, ErrorMessage = message };

    protected override void SetThrottleTime(UnregisterBrokerResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;
}
