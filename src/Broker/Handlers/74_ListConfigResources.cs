using Moldau.Configuration;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>ListConfigResources v0 and v1 (KIP-714, KIP-1142): the resources that have, or may have, configurations. v0 knows client metrics only.</summary>
public sealed class ListConfigResourcesHandler(MetadataLoader loader) : RequestHandler<ListConfigResourcesRequest, ListConfigResourcesResponse>(ApiKey.ListConfigResources)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(AclOperation.DescribeConfigs, ResourceType.Cluster);

    private static readonly ConfigResourceType[] Listed =
        [ConfigResourceType.Topic, ConfigResourceType.Broker, ConfigResourceType.BrokerLogger, ConfigResourceType.ClientMetrics, ConfigResourceType.Group];

    public override AuthorizationRequirement Authorization => Required;

    protected override ValueTask<ListConfigResourcesResponse?> HandleAsync(RequestContext context, ListConfigResourcesRequest request)
    {
        var response = new ListConfigResourcesResponse();
        var image = loader.Image;
        ConfigResourceType[] wanted = context.ApiVersion == 0 ? [ConfigResourceType.ClientMetrics]
            : request.ResourceTypes.Count == 0 ? Listed
            : [.. request.ResourceTypes.Select(type => (ConfigResourceType)type).Distinct()];
        foreach (var type in wanted)
        {
            if (!Listed.Contains(type))
            {
                return new(ErrorResponse(request, ErrorCode.UnsupportedVersion, null));
            }

            foreach (var name in Names(image, type))
            {
                response.ConfigResources.Add(new() { ResourceName = name, ResourceType = (sbyte)type });
            }
        }

        return new(response);
    }

    protected override ListConfigResourcesResponse ErrorResponse(ListConfigResourcesRequest request, ErrorCode error, string? message) => new() { ErrorCode = error };

    protected override void SetThrottleTime(ListConfigResourcesResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;

    /// <summary>Topics and brokers always have configurations; groups and metrics subscriptions are those that something was set for.</summary>
    private static IEnumerable<string> Names(MetadataImage image, ConfigResourceType type) => type switch
    {
        ConfigResourceType.Topic => image.Topics.ByName.Keys,
        ConfigResourceType.Broker or ConfigResourceType.BrokerLogger => image.Cluster.Brokers.Values.Where(broker => !broker.Fenced).Select(broker => $"{broker.Id}"),
        _ => image.Configs.Resources.Keys.Where(resource => resource.Type == type).Select(resource => resource.Name),
    };
}
