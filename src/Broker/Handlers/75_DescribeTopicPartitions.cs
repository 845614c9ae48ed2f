using Moldau.Broker.Views;
using Moldau.Configuration;
using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>DescribeTopicPartitions v0 (KIP-966): topics in the order of their names, page by page.</summary>
public sealed class DescribeTopicPartitionsHandler(MetadataLoader loader, Func<NodeConfiguration> configuration)
    : RequestHandler<DescribeTopicPartitionsRequest, DescribeTopicPartitionsResponse>(ApiKey.DescribeTopicPartitions)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(AclOperation.Describe, ResourceType.Topic);

    public override AuthorizationRequirement Authorization => Required;

    protected override ValueTask<DescribeTopicPartitionsResponse?> HandleAsync(RequestContext context, DescribeTopicPartitionsRequest request)
    {
        var image = loader.Image;
        var forAll = request.Topics.Count == 0;
        var names = forAll ? [.. image.Topics.ByName.Keys] : request.Topics.ConvertAll(topic => topic.Name.Value);
        var cursor = request.Cursor;
        if (cursor is not null && (cursor.PartitionIndex < 0 || (!forAll && !names.Contains(cursor.TopicName))))
        {
            return new(ErrorResponse(request, ErrorCode.InvalidRequest, null));
        }

        var sorted = new SortedSet<string>(names, StringComparer.Ordinal);
        if (cursor is not null)
        {
            sorted.RemoveWhere(name => string.CompareOrdinal(name, cursor.TopicName) < 0);
        }

        var (allowed, refused) = Split(context, sorted, forAll);
        var limit = Math.Max(Math.Min(configuration().MaxRequestPartitionSizeLimit, request.ResponsePartitionLimit), 1);
        var first = cursor is not null && allowed.Count > 0 && allowed[0] == cursor.TopicName ? (int)cursor.PartitionIndex : 0;
        var response = TopicView.DescribePartitions(image, context.Listener.Name, allowed, first, limit, skipMissing: forAll);
        foreach (var topic in response.Topics)
        {
            if (topic.Name is not null)
            {
                topic.TopicAuthorizedOperations = AuthorizedOperations.OfTopic(context, topic.Name!.Value);
            }
        }

        response.Topics.AddRange(refused);
        return new(response);
    }

    protected override DescribeTopicPartitionsResponse ErrorResponse(DescribeTopicPartitionsRequest request, ErrorCode error, string? message) => new()
    {
        Topics = request.Topics.ConvertAll(topic => new DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic { ErrorCode = error, Name = topic.Name }),
    };

    protected override void SetThrottleTime(DescribeTopicPartitionsResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;

    private static (List<string> Allowed, List<DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic> Refused) Split(
        RequestContext context, SortedSet<string> names, bool forAll)
    {
        List<string> allowed = [];
        List<DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic> refused = [];
        foreach (var name in names)
        {
            if (context.May(AclOperation.Describe, ResourceType.Topic, name))
            {
                allowed.Add(name);
            }
            else if (!forAll)
            {
                refused.Add(new() { ErrorCode = ErrorCode.TopicAuthorizationFailed, Name = new TopicName(name), IsInternal = TopicNames.IsInternal(name) });
            }
        }

        return (allowed, refused);
    }
}
