using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Controller;

public static partial class TopicManager
{
    /// <summary>Deletes by name or by id. Authorization was the handler's.</summary>
    public static ControllerResult<DeleteTopicsResponse> Delete(MetadataImage image, DeleteTopicsRequest request, ControlContext context)
    {
        var records = new List<MetadataRecord>();
        var response = new DeleteTopicsResponse();
        List<(string? Name, Uuid Id)> wanted = Wanted(request);
        if (!context.Node.DeleteTopicEnable)
        {
            ApiError disabled = context.ApiVersion < 3
                ? new(ErrorCode.InvalidRequest, "Topic deletion is disabled.")
                : new(ErrorCode.TopicDeletionDisabled);
            foreach ((string? name, Uuid id) in wanted)
            {
                Add(response, name, id, disabled);
            }

            return ControllerResult<DeleteTopicsResponse>.Answer(response);
        }

        var nameCounts = new Dictionary<string, int>(StringComparer.Ordinal);
        var idCounts = new Dictionary<Uuid, int>();
        foreach ((string? name, Uuid id) in wanted)
        {
            if (name is not null && id.IsZero)
            {
                nameCounts[name] = nameCounts.GetValueOrDefault(name) + 1;
            }
            else if (name is null && !id.IsZero)
            {
                idCounts[id] = idCounts.GetValueOrDefault(id) + 1;
            }
        }

        var deleted = new HashSet<Uuid>();
        foreach ((string? name, Uuid id) in wanted)
        {
            DeleteOne(image, name, id, nameCounts, idCounts, deleted, response);
        }

        foreach (Uuid id in deleted)
        {
            records.Add(new(new RemoveTopicRecord { TopicId = id }, 0));
        }

        return ControllerResult<DeleteTopicsResponse>.Atomic(records, response);
    }

    private static List<(string? Name, Uuid Id)> Wanted(DeleteTopicsRequest request)
    {
        var wanted = new List<(string?, Uuid)>();
        foreach (TopicName name in request.TopicNames)
        {
            wanted.Add((name, Uuid.Zero));
        }

        foreach (DeleteTopicsRequest.DeleteTopicState topic in request.Topics)
        {
            wanted.Add((topic.Name is { } name ? (string)name : null, topic.TopicId));
        }

        return wanted;
    }

    private static void DeleteOne(
        MetadataImage image,
        string? name,
        Uuid id,
        Dictionary<string, int> nameCounts,
        Dictionary<Uuid, int> idCounts,
        HashSet<Uuid> deleted,
        DeleteTopicsResponse response)
    {
        if (name is null && id.IsZero)
        {
            Add(response, null, id, new(ErrorCode.InvalidRequest, "Neither topic name nor id were specified."));
        }
        else if (name is not null && !id.IsZero)
        {
            Add(response, name, id, new(ErrorCode.InvalidRequest, "You may not specify both topic name and topic id."));
        }
        else if (name is not null)
        {
            DeleteByName(image, name, nameCounts, idCounts, deleted, response);
        }
        else if (idCounts[id] != 1)
        {
            // Named twice: answered once, when first met.
            if (idCounts[id] > 1)
            {
                idCounts[id] = 0;
                Add(response, null, id, new(ErrorCode.InvalidRequest, "Duplicate topic id."));
            }
        }
        else if (image.Topics.Find(id) is { } topic)
        {
            deleted.Add(id);
            Add(response, topic.Name, id, ApiError.None);
        }
        else
        {
            Add(response, null, id, new(ErrorCode.UnknownTopicId));
        }
    }

    private static void DeleteByName(
        MetadataImage image,
        string name,
        Dictionary<string, int> nameCounts,
        Dictionary<Uuid, int> idCounts,
        HashSet<Uuid> deleted,
        DeleteTopicsResponse response)
    {
        if (nameCounts[name] != 1)
        {
            if (nameCounts[name] > 1)
            {
                nameCounts[name] = 0;
                Add(response, name, Uuid.Zero, new(ErrorCode.InvalidRequest, "Duplicate topic name."));
            }

            return;
        }

        TopicImage? topic = image.Topics.Find(name);
        if (topic is null)
        {
            Add(response, name, Uuid.Zero, new(ErrorCode.UnknownTopicOrPartition));
        }
        else if (idCounts.ContainsKey(topic.Id))
        {
            Add(response, name, topic.Id, new(ErrorCode.InvalidRequest, "The provided topic name maps to an ID that was already supplied."));
        }
        else
        {
            deleted.Add(topic.Id);
            Add(response, name, topic.Id, ApiError.None);
        }
    }

    private static void Add(DeleteTopicsResponse response, string? name, Uuid id, ApiError error) =>
        response.Responses.Add(new() { Name = name is null ? (TopicName?)null : new TopicName(name), TopicId = id, ErrorCode = error.Code, ErrorMessage = error.Message });
}
