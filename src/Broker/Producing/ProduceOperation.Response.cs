using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Broker.Producing;

/// <summary>Answers, v3 to v13. What nearly all answers are made of is written without objects in between; what refusals add to it goes through the message.</summary>
internal sealed partial class ProduceOperation
{
    private const short LogStartOffsetVersion = 5;
    private const short ErrorMessageVersion = 8;
    private const short FlexibleVersion = 9;
    private const int PartitionBytesMax = 40;

    /// <summary>All partitions failed for one reason.</summary>
    public void FailAll(ErrorCode error, string? message)
    {
        foreach (ref var partition in Partitions)
        {
            partition.Fail(error, message);
        }
    }

    /// <summary>Tells where to reach the leader of a partition that was looked for here (KIP-951).</summary>
    public void AddLeader(ref ProducePartition partition, PartitionRegistration registration, ClusterImage cluster, string listener)
    {
        partition.LeaderId = registration.Leader;
        partition.LeaderEpoch = registration.LeaderEpoch;
        if (cluster.Broker(registration.Leader) is not { } broker || broker.Listener(listener) is not { } endpoint)
        {
            return;
        }

        _nodeEndpoints ??= [];
        if (!_nodeEndpoints.Exists(node => node.NodeId == broker.Id))
        {
            _nodeEndpoints.Add(new() { NodeId = broker.Id, Host = endpoint.Host, Port = endpoint.Port, Rack = broker.Rack });
        }
    }

    /// <summary>The answer in the version of the request.</summary>
    public OutgoingFrame Encode(RequestContext context, int throttleMs)
    {
        if (IsSpecial())
        {
            return context.Encode(ToMessage(throttleMs));
        }

        var writer = context.Begin(context.ApiVersion, 256 + (_partitionCount * PartitionBytesMax));
        try
        {
            Write(ref writer, context.ApiVersion, throttleMs);
            return context.EndReused(ref writer);
        }
        finally
        {
            writer.Dispose();
        }
    }

    private bool IsSpecial()
    {
        var isSpecial = _nodeEndpoints is not null;
        foreach (ref readonly var partition in Partitions)
        {
            isSpecial |= partition.RecordErrors is { Count: > 0 } || partition.LeaderId >= 0;
        }

        return isSpecial;
    }

    private void Write(ref MessageWriter writer, short version, int throttleMs)
    {
        var isFlexible = version >= FlexibleVersion;
        writer.WriteArrayLength(_topicCount, isFlexible);
        foreach (ref readonly var topic in Topics)
        {
            if (version >= TopicIdVersion)
            {
                writer.WriteUuid(topic.Id);
            }
            else
            {
                writer.WriteString(topic.Name, isFlexible);
            }

            writer.WriteArrayLength(topic.PartitionCount, isFlexible);
            foreach (ref readonly var partition in Partitions.Slice(topic.FirstPartition, topic.PartitionCount))
            {
                Write(ref writer, version, in partition);
            }

            WriteNoTags(ref writer, isFlexible);
        }

        writer.WriteInt32(throttleMs);
        WriteNoTags(ref writer, isFlexible);
    }

    private static void Write(ref MessageWriter writer, short version, in ProducePartition partition)
    {
        var isFlexible = version >= FlexibleVersion;
        writer.WriteInt32(partition.Index);
        writer.WriteInt16((short)partition.Error);
        writer.WriteInt64(partition.BaseOffset);
        writer.WriteInt64(partition.LogAppendTimeMs);
        if (version >= LogStartOffsetVersion)
        {
            writer.WriteInt64(partition.LogStartOffset);
        }

        if (version >= ErrorMessageVersion)
        {
            writer.WriteArrayLength(0, isFlexible);
            writer.WriteNullableString(partition.ErrorMessage, isFlexible);
        }

        WriteNoTags(ref writer, isFlexible);
    }

    private static void WriteNoTags(ref MessageWriter writer, bool isFlexible)
    {
        if (isFlexible)
        {
            writer.WriteUnsignedVarint(0);
        }
    }

    private ProduceResponse ToMessage(int throttleMs)
    {
        var response = new ProduceResponse { Responses = new(_topicCount), ThrottleTimeMs = throttleMs, NodeEndpoints = _nodeEndpoints ?? [] };
        foreach (ref readonly var topic in Topics)
        {
            var answers = new List<ProduceResponse.PartitionProduceResponse>(topic.PartitionCount);
            foreach (ref readonly var partition in Partitions.Slice(topic.FirstPartition, topic.PartitionCount))
            {
                answers.Add(ToMessage(in partition));
            }

            response.Responses.Add(new() { Name = topic.Name, TopicId = topic.Id, PartitionResponses = answers });
        }

        return response;
    }

    private static ProduceResponse.PartitionProduceResponse ToMessage(in ProducePartition partition)
    {
        var answer = new ProduceResponse.PartitionProduceResponse
        {
            Index = partition.Index,
            ErrorCode = partition.Error,
            BaseOffset = partition.BaseOffset,
            LogAppendTimeMs = partition.LogAppendTimeMs,
            LogStartOffset = partition.LogStartOffset,
            ErrorMessage = partition.ErrorMessage,
        };
        if (partition.LeaderId >= 0)
        {
            answer.CurrentLeader.LeaderId = partition.LeaderId;
            answer.CurrentLeader.LeaderEpoch = partition.LeaderEpoch;
        }

        foreach (var record in partition.RecordErrors ?? [])
        {
            answer.RecordErrors.Add(new() { BatchIndex = record.BatchIndex, BatchIndexErrorMessage = record.Message });
        }

        return answer;
    }
}
