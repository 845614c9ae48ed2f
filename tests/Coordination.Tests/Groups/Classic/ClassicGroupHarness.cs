using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Protocol.Coordination;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Coordination.Tests;

/// <summary>Classic groups and offsets over a log in memory, by a clock that the test moves.</summary>
public sealed class ClassicGroupHarness : IDisposable
{
    public const string Group = "group";

    private ulong _topics;

    public ClassicGroupHarness(int seed = 1)
    {
        var entropy = new TestEntropy(seed);
        Runtime = new RuntimeHarness<GroupShard>(
            new CoordinatorRuntimeOptions { Topic = "__consumer_offsets", Codec = CoordinatorRecordCodec.Group }, context => new GroupShard(context, () => Options, entropy, new GroupMetrics()));
        Runtime.Load();
    }

    public GroupCoordinatorOptions Options { get; set; } = new();

    public RuntimeHarness<GroupShard> Runtime { get; }

    public GroupShard Shard => Runtime.Shard;

    public ClassicGroup State => Shard.Groups.Find(Group).ShouldBeOfType<ClassicGroup>();

    public Uuid CreateTopic(string name)
    {
        var id = new Uuid(7, ++_topics);
        Runtime.Publish(new TopicRecord { Name = name, TopicId = id });
        return id;
    }

    /// <summary>Begins to join with the highest version unless told otherwise.</summary>
    public Task<JoinGroupResponse> BeginJoin(
        string memberId = "",
        string? instanceId = null,
        short version = 9,
        string clientId = "client",
        int sessionMs = 10_000,
        int rebalanceMs = 60_000,
        string type = "consumer",
        string[]? topics = null,
        params string[] protocols)
    {
        var request = new JoinGroupRequest
        {
            GroupId = Group,
            MemberId = memberId,
            GroupInstanceId = instanceId,
            SessionTimeoutMs = sessionMs,
            RebalanceTimeoutMs = rebalanceMs,
            ProtocolType = type,
        };
        foreach (var protocol in protocols.Length == 0 ? ["range"] : protocols)
        {
            request.Protocols.Add(new() { Name = protocol, Metadata = ConsumerProtocol.WriteSubscription(topics ?? ["topic"], null, [], null, null, 3) });
        }

        var waiter = new TaskCompletionSource<JoinGroupResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
        Fail(Runtime.BeginWrite(shard => shard.Join(new GroupRequest(clientId, "/127.0.0.1", version), request, waiter)), waiter, error => new JoinGroupResponse { ErrorCode = error });
        return waiter.Task;
    }

    /// <summary>A dynamic member gets its id and begins to join with it.</summary>
    public (string MemberId, Task<JoinGroupResponse> Joining) BeginJoinNew(string clientId = "client", string[]? topics = null, int sessionMs = 10_000, int rebalanceMs = 60_000)
    {
        var first = Answer(BeginJoin(clientId: clientId, topics: topics, sessionMs: sessionMs, rebalanceMs: rebalanceMs));
        first.ErrorCode.ShouldBe(ErrorCode.MemberIdRequired);
        return (first.MemberId, BeginJoin(first.MemberId, clientId: clientId, topics: topics, sessionMs: sessionMs, rebalanceMs: rebalanceMs));
    }

    /// <summary>A group with its first dynamic member, which has assigned itself everything.</summary>
    public JoinGroupResponse FirstMember(string[]? topics = null)
    {
        var (_, joining) = BeginJoinNew(topics: topics);
        Runtime.Advance(Options.InitialRebalanceDelayMs + 20);
        var joined = Answer(joining);
        joined.ErrorCode.ShouldBe(ErrorCode.None);
        Sync(joined, (joined.MemberId, "all")).ErrorCode.ShouldBe(ErrorCode.None);
        State.State.ShouldBe(ClassicGroupState.Stable);
        return joined;
    }

    public Task<SyncGroupResponse> BeginSync(string memberId, int generation, string? instanceId, string? protocol, params (string MemberId, string Assignment)[] assignments)
    {
        var request = new SyncGroupRequest
        {
            GroupId = Group,
            MemberId = memberId,
            GenerationId = generation,
            GroupInstanceId = instanceId,
            ProtocolType = "consumer",
            ProtocolName = protocol,
        };
        foreach (var (member, assignment) in assignments)
        {
            request.Assignments.Add(new() { MemberId = member, Assignment = System.Text.Encoding.UTF8.GetBytes(assignment) });
        }

        var waiter = new TaskCompletionSource<SyncGroupResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
        Fail(Runtime.BeginWrite(shard => shard.Sync(new GroupRequest("client", "/127.0.0.1", 5), request, waiter)), waiter, error => new SyncGroupResponse { ErrorCode = error });
        return waiter.Task;
    }

    public Task<SyncGroupResponse> BeginSync(JoinGroupResponse joined, params (string MemberId, string Assignment)[] assignments) =>
        BeginSync(joined.MemberId, joined.GenerationId, null, joined.ProtocolName, assignments);

    public SyncGroupResponse Sync(JoinGroupResponse joined, params (string MemberId, string Assignment)[] assignments) => Answer(BeginSync(joined, assignments));

    public ErrorCode Heartbeat(string memberId, int generation, string? instanceId = null) => Code(() => Runtime.Write(shard => shard.Heartbeat(
        new GroupRequest("client", "/127.0.0.1", 4), new HeartbeatRequest { GroupId = Group, MemberId = memberId, GenerationId = generation, GroupInstanceId = instanceId })).ErrorCode);

    public LeaveGroupResponse Leave(params (string MemberId, string? InstanceId)[] members)
    {
        var request = new LeaveGroupRequest { GroupId = Group };
        foreach (var (memberId, instanceId) in members)
        {
            request.Members.Add(new() { MemberId = memberId, GroupInstanceId = instanceId });
        }

        return Runtime.Write(shard => shard.Leave(new GroupRequest("client", "/127.0.0.1", 5), request));
    }

    /// <summary>Commits one offset of partition 0; the error of the partition or of the whole.</summary>
    public ErrorCode Commit(long offset, string memberId = "", int generation = -1, string? instanceId = null, string topic = "topic", Uuid topicId = default, string metadata = "",
        long retentionMs = -1, short version = 9) => Code(() => Runtime.Write(shard => shard.CommitOffsets(
            new GroupRequest("client", "/127.0.0.1", version),
            new OffsetCommitRequest
            {
                GroupId = Group,
                MemberId = memberId,
                GenerationIdOrMemberEpoch = generation,
                GroupInstanceId = instanceId,
                RetentionTimeMs = retentionMs,
                Topics = [new() { Name = topic, TopicId = topicId, Partitions = [new() { CommittedOffset = offset, CommittedMetadata = metadata }] }],
            })).Topics[0].Partitions[0].ErrorCode);

    public ErrorCode CommitInTransaction(long producerId, long offset, string memberId = "", int generation = -1, string topic = "topic") => Code(() =>
    {
        var write = Runtime.Runtime.ScheduleTransactionalWrite("test", 0, "tx", producerId, 0, 5, 5000, shard => shard.CommitTransactionalOffsets(
            new GroupRequest("client", "/127.0.0.1", 5),
            new TxnOffsetCommitRequest
            {
                GroupId = Group,
                MemberId = memberId,
                GenerationIdOrMemberEpoch = generation,
                ProducerId = producerId,
                Topics = [new() { Name = topic, Partitions = [new() { CommittedOffset = offset, CommittedMetadata = "" }] }],
            }));
        Runtime.Run();
        return RuntimeHarness<GroupShard>.Result(write).Topics[0].Partitions[0].ErrorCode;
    });

    public void EndTransaction(long producerId, bool commit)
    {
        var end = Runtime.Runtime.ScheduleTransactionCompletion("test", 0, producerId, 0, 1, commit, 2, 5000);
        Runtime.Run();
        end.IsCompletedSuccessfully.ShouldBeTrue();
    }

    /// <summary>The committed offset of partition 0, or the error; -1 for none.</summary>
    public (long Offset, ErrorCode Error) Fetch(string topic = "topic", bool stable = false, Uuid topicId = default)
    {
        var request = new OffsetFetchRequest.OffsetFetchRequestGroup { GroupId = Group, MemberId = null, Topics = [new() { Name = topic, TopicId = topicId, PartitionIndexes = [0] }] };
        var answer = stable
            ? Runtime.Write<OffsetFetchResponse.OffsetFetchResponseGroup>(shard => shard.FetchOffsets(request, OffsetManager.Stable))
            : Runtime.Read((shard, offset) => shard.FetchOffsets(request, offset));
        var partition = answer.Topics.Single().Partitions.Single();
        return (partition.CommittedOffset.Value, partition.ErrorCode);
    }

    public ErrorCode DeleteOffset(string topic = "topic") => Code(() => Runtime.Write(shard => shard.DeleteOffsets(
        new OffsetDeleteRequest { GroupId = Group, Topics = [new() { Name = topic, Partitions = [new() { PartitionIndex = 0 }] }] })).Topics[0].Partitions[0].ErrorCode);

    public ErrorCode Delete() => Runtime.Write(shard => shard.DeleteGroups([Group])).Single().ErrorCode;

    /// <summary>The group as its newest record says; null without one.</summary>
    public GroupMetadataValue? Recorded() => (GroupMetadataValue?)Runtime.Records().LastOrDefault(record => record.Key is GroupMetadataKey)?.Value;

    public static T Answer<T>(Task<T> task)
    {
        task.IsCompleted.ShouldBeTrue("it has not been answered");
        return task.GetAwaiter().GetResult();
    }

    /// <summary>What the coordinator knows of groups and offsets that is in its log: equal before and after a reload.</summary>
    public string Durable()
    {
        var lines = new List<string>();
        foreach (var group in Shard.Groups.All.OrderBy(group => group.Id))
        {
            var fetched = Shard.Offsets.FetchAll(new() { GroupId = group.Id, MemberId = null }, OffsetManager.Stable);
            lines.Add($"{group.Id} {group.Type}");
            lines.AddRange(fetched.Topics.SelectMany(topic => topic.Partitions.Select(partition =>
                $"  {topic.Name}-{partition.PartitionIndex.Value} {partition.CommittedOffset.Value} {partition.Metadata} {partition.ErrorCode}")).Order(StringComparer.Ordinal));
            if (group is ClassicGroup classic)
            {
                lines.Add($"  {classic.Generation} {classic.ProtocolType} {classic.ProtocolName} {classic.LeaderId}");
                lines.AddRange(classic.Members.Select(member =>
                    $"  {member.MemberId} {member.GroupInstanceId} {member.ClientId} {member.SessionTimeoutMs} {Convert.ToHexString(member.Assignment.Span)}").Order(StringComparer.Ordinal));
            }
        }

        return string.Join('\n', lines);
    }

    public void Dispose() => Runtime.Dispose();

    private static ErrorCode Code(Func<ErrorCode> operation)
    {
        try
        {
            return operation();
        }
        catch (CoordinatorException refused)
        {
            return refused.Error;
        }
    }

    private static void Fail<T>(Task<bool> write, TaskCompletionSource<T> waiter, Func<ErrorCode, T> failed)
    {
        if (write.IsFaulted)
        {
            waiter.TrySetResult(failed(write.Exception!.InnerException.ShouldBeOfType<CoordinatorException>().Error));
        }
    }
}
