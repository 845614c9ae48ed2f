using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>
/// API 18, what the node serves. Versions 0–2 are alike but for the throttle time (1); 3 adds the client's software (KIP-511) and the features (KIP-584);
/// 4 shows supported features whose lowest level is 0; 5 checks whom the client believes to be talking to (KIP-1242).
/// </summary>
public sealed class ApiVersionsHandler(IFeatureView features) : RequestHandler(ApiKey.ApiVersions)
{
    private const short SoftwareVersion = 3;
    private const short ZeroLevelsVersion = 4;
    private const short IdentityVersion = 5;

    public override AuthorizationRequirement Authorization => AuthorizationRequirement.None;

    public override bool NeedsAuthentication => false;

    public override ValueTask<OutgoingFrame?> RespondAsync(RequestContext context)
    {
        if (!Info.Has(context.ApiVersion))
        {
            var refusal = new ApiVersionsResponse { ErrorCode = ErrorCode.UnsupportedVersion };
            refusal.ApiKeys.Add(Advertise(this));
            return new ValueTask<OutgoingFrame?>(context.Encode(refusal, apiVersion: 0));
        }

        var reader = new MessageReader(context.Body);
        ApiVersionsRequest request = ApiVersionsRequest.Read(ref reader, context.ApiVersion);
        ApiVersionsResponse response = Respond(context, request);
        response.ThrottleTimeMs = context.Throttle();
        return new ValueTask<OutgoingFrame?>(context.Encode(response));
    }

    /// <inheritdoc />
    public override OutgoingFrame Refuse(RequestContext context, ErrorCode error) =>
        context.Encode(new ApiVersionsResponse { ErrorCode = error }, Info.Has(context.ApiVersion) ? context.ApiVersion : (short)0);

    private ApiVersionsResponse Respond(RequestContext context, ApiVersionsRequest request)
    {
        if (context.ApiVersion >= SoftwareVersion)
        {
            if (!IsSoftwareName(request.ClientSoftwareName) || !IsSoftwareName(request.ClientSoftwareVersion))
            {
                return new ApiVersionsResponse { ErrorCode = ErrorCode.InvalidRequest };
            }

            context.Connection.RegisterClientSoftware(request.ClientSoftwareName, request.ClientSoftwareVersion);
        }

        if (context.Listener.Kind == ListenerKind.Broker && context.ApiVersion >= IdentityVersion && IsMeantForAnother(request))
        {
            return new ApiVersionsResponse { ErrorCode = ErrorCode.RebootstrapRequired };
        }

        var response = new ApiVersionsResponse();
        foreach (RequestHandler handler in context.Handlers.On(context.Listener.Kind))
        {
            response.ApiKeys.Add(Advertise(handler));
        }

        AddFeatures(response, context.ApiVersion);
        return response;
    }

    private void AddFeatures(ApiVersionsResponse response, short apiVersion)
    {
        FeatureSnapshot current = features.Current;
        foreach (SupportedFeature feature in current.Supported)
        {
            // Clients before version 4 refuse a lowest level of 0 (KAFKA-17011).
            if (feature.LowestLevel > 0 || apiVersion >= ZeroLevelsVersion)
            {
                response.SupportedFeatures.Add(new ApiVersionsResponse.SupportedFeatureKey
                {
                    Name = feature.Name,
                    MinVersion = feature.LowestLevel,
                    MaxVersion = feature.HighestLevel,
                });
            }
        }

        response.FinalizedFeaturesEpoch = current.FinalizedEpoch;
        foreach (FinalizedFeature feature in current.Finalized)
        {
            response.FinalizedFeatures.Add(new ApiVersionsResponse.FinalizedFeatureKey
            {
                Name = feature.Name,
                MinVersionLevel = feature.Level,
                MaxVersionLevel = feature.Level,
            });
        }
    }

    private bool IsMeantForAnother(ApiVersionsRequest request) =>
        request.ClusterId is { } clusterId && (clusterId != features.ClusterId || request.NodeId != features.NodeId);

    /// <summary>A handler that serves all of an API's versions advertises what Kafka does, which for Produce goes lower than what it reads.</summary>
    private static ApiVersionsResponse.ApiVersion Advertise(RequestHandler handler) => new()
    {
        ApiKey = handler.ApiKey,
        MinVersion = handler.LowestVersion == handler.Info.LowestVersion ? handler.Info.LowestAdvertisedVersion : handler.LowestVersion,
        MaxVersion = handler.HighestVersion,
    };

    /// <summary>Letters, digits, and within them also '-' and '.' (KIP-511).</summary>
    private static bool IsSoftwareName(string text) =>
        text.Length > 0
        && char.IsAsciiLetterOrDigit(text[0])
        && char.IsAsciiLetterOrDigit(text[^1])
        && text.AsSpan().IndexOfAnyExcept(SoftwareNameCharacters) < 0;

    private static readonly System.Buffers.SearchValues<char> SoftwareNameCharacters =
        System.Buffers.SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-.");
}
