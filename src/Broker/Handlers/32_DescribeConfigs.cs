using System.Globalization;
using Moldau.Configuration;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>DescribeConfigs v1 to v4: effective values with sources and synonyms (KIP-226), types and documentation (KIP-569).</summary>
public sealed class DescribeConfigsHandler(MetadataLoader loader, Func<NodeConfiguration> configuration, NodeIdentity identity)
    : RequestHandler<DescribeConfigsRequest, DescribeConfigsResponse>(ApiKey.DescribeConfigs)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(
        new AuthorizationRule(AclOperation.DescribeConfigs, ResourceType.Cluster, "for brokers and client metrics"),
        new AuthorizationRule(AclOperation.DescribeConfigs, ResourceType.Topic, "for topics"),
        new AuthorizationRule(AclOperation.DescribeConfigs, ResourceType.Group, "for groups"));

    public override AuthorizationRequirement Authorization => Required;

    protected override ValueTask<DescribeConfigsResponse?> HandleAsync(RequestContext context, DescribeConfigsRequest request) =>
        new(new DescribeConfigsResponse { Results = request.Resources.ConvertAll(resource => Describe(context, request, resource)) });

    protected override DescribeConfigsResponse ErrorResponse(DescribeConfigsRequest request, ErrorCode error, string? message) =>
        new() { Results = request.Resources.ConvertAll(resource => Failed(resource, error, message)) };

    protected override void SetThrottleTime(DescribeConfigsResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;

    private static DescribeConfigsResponse.DescribeConfigsResult Failed(DescribeConfigsRequest.DescribeConfigsResource resource, ErrorCode error, string? message) =>
        new() { ResourceType = resource.ResourceType, ResourceName = resource.ResourceName, ErrorCode = error, ErrorMessage = message };

    private DescribeConfigsResponse.DescribeConfigsResult Describe(
        RequestContext context, DescribeConfigsRequest request, DescribeConfigsRequest.DescribeConfigsResource resource)
    {
        var denied = ConfigAuthorization.Check(context, AclOperation.DescribeConfigs, resource.ResourceType, resource.ResourceName);
        if (denied != ErrorCode.None)
        {
            return Failed(resource, denied, denied.Message());
        }

        var options = new DescribeOptions(resource.ConfigurationKeys, request.IncludeSynonyms, request.IncludeDocumentation);
        var (entries, error, message) = Entries(resource, options);
        return entries is null
            ? Failed(resource, error, message)
            : new()
            {
                ResourceType = resource.ResourceType,
                ResourceName = resource.ResourceName,
                Configs = [.. entries.Select(Result)],
            };
    }

    private (IReadOnlyList<ConfigEntry>? Entries, ErrorCode Error, string? Message) Entries(
        DescribeConfigsRequest.DescribeConfigsResource resource, DescribeOptions options)
    {
        var image = loader.Image;
        var node = configuration();
        var type = (ConfigResourceType)resource.ResourceType;
        var set = image.Configs.Of(new ConfigResource(type, resource.ResourceName));
        switch (type)
        {
            case ConfigResourceType.Topic:
                return TopicNames.Validate(resource.ResourceName) is { } illegal ? (null, ErrorCode.InvalidTopicException, illegal)
                    : image.Topics.Find(resource.ResourceName) is null ? (null, ErrorCode.UnknownTopicOrPartition, "")
                    : (ConfigDescriber.DescribeTopic(node, set, options), ErrorCode.None, null);
            case ConfigResourceType.Broker when resource.ResourceName.Length == 0:
                return (ConfigDescriber.DescribeBrokerDefaults(node, options), ErrorCode.None, null);
            case ConfigResourceType.Broker:
                return int.TryParse(resource.ResourceName, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var id)
                    ? id == identity.NodeId
                        ? (ConfigDescriber.DescribeBroker(node, options), ErrorCode.None, null)
                        : (null, ErrorCode.InvalidRequest, $"Unexpected broker id, expected {identity.NodeId} or empty string, but received {resource.ResourceName}")
                    : (null, ErrorCode.InvalidRequest, $"Broker id must be an integer, but it is: {resource.ResourceName}");
            case ConfigResourceType.BrokerLogger:
                // No logger can be changed by name, so none is listed.
                return resource.ResourceName.Length == 0 ? (null, ErrorCode.InvalidRequest, "Broker id must not be empty")
                    : !int.TryParse(resource.ResourceName, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var loggerNode)
                        ? (null, ErrorCode.InvalidRequest, $"Broker id must be an integer, but it is: {resource.ResourceName}")
                    : loggerNode == identity.NodeId ? ([], ErrorCode.None, null)
                    : (null, ErrorCode.InvalidRequest, $"Unexpected broker id, expected {identity.NodeId} but received {resource.ResourceName}");
            case ConfigResourceType.Group:
                return resource.ResourceName.Length == 0
                    ? (null, ErrorCode.InvalidRequest, "Group name must not be empty")
                    : (ConfigDescriber.DescribeGroup(node, set, options), ErrorCode.None, null);
            case ConfigResourceType.ClientMetrics:
                return resource.ResourceName.Length == 0
                    ? (null, ErrorCode.InvalidRequest, "Client metrics subscription name must not be empty")
                    : (ConfigDescriber.DescribeClientMetrics(set, options), ErrorCode.None, null);
            default:
                return (null, ErrorCode.InvalidRequest, ErrorCode.InvalidRequest.Message());
        }
    }

    private static DescribeConfigsResponse.DescribeConfigsResourceResult Result(ConfigEntry entry) => new()
    {
        Name = entry.Name,
        Value = entry.Value,
        ReadOnly = entry.IsReadOnly,
        ConfigSource = (sbyte)entry.Source,
        IsSensitive = entry.IsSensitive,
        ConfigType = (sbyte)entry.Type,
        Documentation = entry.Documentation,
        Synonyms = [.. entry.Synonyms.Select(synonym => new DescribeConfigsResponse.DescribeConfigsSynonym
        {
            Name = synonym.Name,
            Value = synonym.Value,
            Source = (sbyte)synonym.Source,
        })],
    };
}
