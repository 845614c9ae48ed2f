using Moldau.Controller;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>UpdateFeatures v0 to v2 (KIP-584, KIP-778): raises or lowers finalized feature levels. From v2 on there is one error for all.</summary>
public sealed class UpdateFeaturesHandler(ControllerAccess controller)
    : ControllerRequestHandler<UpdateFeaturesRequest, UpdateFeaturesResponse>(ApiKey.UpdateFeatures, controller)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(AclOperation.Alter, ResourceType.Cluster);

    public override AuthorizationRequirement Authorization => Required;

    protected override ValueTask<UpdateFeaturesResponse?> HandleAsync(RequestContext context, UpdateFeaturesRequest request) =>
        SubmitAsync(context, request, (image, control) => FeatureManager.Update(image, request, control), request.TimeoutMs);

    protected override UpdateFeaturesResponse ErrorResponse(UpdateFeaturesRequest request, ErrorCode error, string? message) => new() { ErrorCode = error, ErrorMessage = message };

    protected override void SetThrottleTime(UpdateFeaturesResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;
}
