using Moldau.Broker.Views;
using Moldau.Configuration;
using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>
/// Metadata: brokers, topics, leaders. v4 lets the client forbid creation, v8 asks for authorized operations, v10 shows topic ids, v12 asks by them, v13 has an error of its own.
/// All of an answer comes from one image, but for topics that this request has made.
/// </summary>
public sealed class MetadataHandler(MetadataLoader loader, Func<NodeConfiguration> configuration, NodeIdentity identity, ITopicCreator topicCreator)
    : RequestHandler<MetadataRequest, MetadataResponse>(ApiKey.Metadata)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(
        new AuthorizationRule(AclOperation.Describe, ResourceType.Topic),
        new AuthorizationRule(AclOperation.Create, ResourceType.Cluster, "a topic is created, or Create on the topic"),
        new AuthorizationRule(AclOperation.Create, ResourceType.Topic, "a topic is created without Create on the cluster"));

    public override AuthorizationRequirement Authorization => Required;

    protected override async ValueTask<MetadataResponse?> HandleAsync(RequestContext context, MetadataRequest request)
    {
        if (Refusal(request, context.ApiVersion) is { } refusal)
        {
            return ErrorResponse(request, ErrorCode.InvalidRequest, refusal);
        }

        var topics = IsForAll(request, context.ApiVersion) ? AllTopics(context) : await NamedTopicsAsync(context, request);
        if (request.IncludeTopicAuthorizedOperations)
        {
            foreach (var topic in topics)
            {
                if (topic.ErrorCode != ErrorCode.TopicAuthorizationFailed && topic.Name is not null)
                {
                    topic.TopicAuthorizedOperations = AuthorizedOperations.OfTopic(context, topic.Name!.Value);
                }
            }
        }

        return Cluster(context, request, topics);
    }

    protected override MetadataResponse ErrorResponse(MetadataRequest request, ErrorCode error, string? message) => new()
    {
        ErrorCode = error,
        Topics = request.Topics?.ConvertAll(topic => TopicView.Failed(error, topic.Name?.Value ?? "", topic.TopicId)) ?? [],
    };

    protected override void SetThrottleTime(MetadataResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;

    private static bool IsForAll(MetadataRequest request, short version) => request.Topics is null || (version == 0 && request.Topics.Count == 0);

    /// <summary>Topic ids are in the request from v10 on, but only v12 can be asked by them: before it a name must be there and an id must not.</summary>
    private static string? Refusal(MetadataRequest request, short version)
    {
        var isAskedById = version is 10 or 11 && request.Topics?.Exists(static topic => topic.Name is null || topic.TopicId != Uuid.Zero) == true;
        return isAskedById ? $"Metadata v{version} needs the name of each topic, and no id: topics are asked for by id from v12 on" : null;
    }

    private List<MetadataResponse.MetadataResponseTopic> AllTopics(RequestContext context)
    {
        var image = loader.Image;
        var topics = new List<MetadataResponse.MetadataResponseTopic>(image.Topics.Count);
        foreach (var topic in image.Topics.ByName.Values)
        {
            if (context.May(AclOperation.Describe, ResourceType.Topic, topic.Name))
            {
                topics.Add(TopicView.Describe(image, context.Listener.Name, topic, context.ApiVersion));
            }
        }

        return topics;
    }

    private async ValueTask<List<MetadataResponse.MetadataResponseTopic>> NamedTopicsAsync(RequestContext context, MetadataRequest request)
    {
        var image = loader.Image;
        var described = new List<MetadataResponse.MetadataResponseTopic>(request.Topics!.Count);
        var refused = new List<MetadataResponse.MetadataResponseTopic>();
        var missing = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var wanted in request.Topics)
        {
            // Java's consumers of group.protocol=consumer send an id with an empty name: the id counts.
            if (wanted.Name is not { } name || wanted.TopicId != Uuid.Zero)
            {
                DescribeById(context, image, wanted.TopicId, described, refused);
            }
            else if (seen.Add(name))
            {
                if (!context.May(AclOperation.Describe, ResourceType.Topic, name))
                {
                    refused.Add(TopicView.Failed(ErrorCode.TopicAuthorizationFailed, name, Uuid.Zero));
                }
                else if (image.Topics.Find(name) is { } topic)
                {
                    described.Add(TopicView.Describe(image, context.Listener.Name, topic, context.ApiVersion));
                }
                else
                {
                    missing.Add(name);
                }
            }
        }

        if (missing.Count > 0)
        {
            await DescribeMissingAsync(context, request, missing, described);
        }

        described.AddRange(refused);
        return described;
    }

    private static void DescribeById(
        RequestContext context, MetadataImage image, Uuid topicId, List<MetadataResponse.MetadataResponseTopic> described, List<MetadataResponse.MetadataResponseTopic> refused)
    {
        if (image.Topics.Find(topicId) is not { } topic)
        {
            described.Add(TopicView.Failed(ErrorCode.UnknownTopicId, null, topicId));
        }
        else if (!context.May(AclOperation.Describe, ResourceType.Topic, topic.Name))
        {
            refused.Add(TopicView.Failed(ErrorCode.TopicAuthorizationFailed, null, topicId));
        }
        else
        {
            described.Add(TopicView.Describe(image, context.Listener.Name, topic, context.ApiVersion));
        }
    }

    /// <summary>Kafka answers with an error while it makes a topic, and the client asks again; here the topic is made first and then described.</summary>
    private async ValueTask DescribeMissingAsync(
        RequestContext context, MetadataRequest request, List<string> missing, List<MetadataResponse.MetadataResponseTopic> described)
    {
        var mayCreate = request.AllowAutoTopicCreation && configuration().AutoCreateTopics;
        List<string> creatable = mayCreate
            ? missing.FindAll(name => TopicNames.Validate(name) is null
                && (context.May(AclOperation.Create, ResourceType.Cluster, ResourceNames.Cluster) || context.May(AclOperation.Create, ResourceType.Topic, name)))
            : [];
        var errors = creatable.Count == 0 ? null : await topicCreator.CreateAsync(context, creatable);
        var image = loader.Image;
        foreach (var name in missing)
        {
            if (image.Topics.Find(name) is { } topic)
            {
                described.Add(TopicView.Describe(image, context.Listener.Name, topic, context.ApiVersion));
                continue;
            }

            var error = TopicView.ErrorOfMissing(name);
            if (errors?.GetValueOrDefault(name) is { } failed and not ErrorCode.None)
            {
                error = failed;
            }
            else if (mayCreate && error == ErrorCode.UnknownTopicOrPartition && !creatable.Contains(name))
            {
                error = ErrorCode.TopicAuthorizationFailed;
            }

            described.Add(TopicView.Failed(error, name, Uuid.Zero));
        }
    }

    private MetadataResponse Cluster(RequestContext context, MetadataRequest request, List<MetadataResponse.MetadataResponseTopic> topics)
    {
        var image = loader.Image;
        var response = new MetadataResponse { ClusterId = identity.ClusterId, Topics = topics };
        foreach (var broker in image.Cluster.Brokers.Values)
        {
            if (!broker.Fenced && broker.Listener(context.Listener.Name) is { } endpoint)
            {
                response.Brokers.Add(new() { NodeId = broker.Id, Host = endpoint.Host, Port = endpoint.Port, Rack = broker.Rack });
            }
        }

        // KRaft's controllers are not for clients: any live broker forwards to them, so the node that answers names itself when it is alive.
        response.ControllerId = image.Cluster.IsAlive(identity.NodeId) || response.Brokers.Count == 0 ? identity.NodeId : response.Brokers[0].NodeId;
        if (request.IncludeClusterAuthorizedOperations)
        {
            response.ClusterAuthorizedOperations = context.May(AclOperation.Describe, ResourceType.Cluster, ResourceNames.Cluster)
                ? AuthorizedOperations.OfCluster(context)
                : 0;
        }

        return response;
    }
}
