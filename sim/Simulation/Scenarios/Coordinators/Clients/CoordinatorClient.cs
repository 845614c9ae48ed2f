using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Simulation;

/// <summary>One client of the coordinators' scenario: it does one thing after the other while the world is busy; while it heals, it finishes what it is at.</summary>
internal abstract class CoordinatorClient(CoordinatorsRun run, SimClient client, SimRandom random)
{
    protected CoordinatorsRun Run { get; } = run;

    protected SimClient Client { get; } = client;

    protected SimRandom Random { get; } = random;

    public string Id => Client.Id;

    public void Start() => _ = Client.Process.Start(RunAsync);

    /// <summary>What is not finished yet while the world heals; null when nothing is.</summary>
    public abstract string? Unfinished { get; }

    /// <summary>Does one thing; a request without an answer may end it with <see cref="SimClientException"/>.</summary>
    protected abstract Task DoOneAsync();

    protected void Note(string what) => Client.World.Note($"{Client.Id}: {what}");

    protected Task PauseAsync(int ms) => Task.Delay(TimeSpan.FromMilliseconds(ms), Client.Process.Time);

    /// <summary>What a coordinator answers that is not there, or not ready: the client asks again.</summary>
    protected static bool IsRetriable(ErrorCode error) => error is ErrorCode.CoordinatorLoadInProgress or ErrorCode.NotCoordinator or ErrorCode.CoordinatorNotAvailable
        or ErrorCode.ConcurrentTransactions or ErrorCode.NotLeaderOrFollower or ErrorCode.RequestTimedOut or ErrorCode.UnstableOffsetCommit or ErrorCode.LeaderNotAvailable
        or ErrorCode.UnknownTopicOrPartition or ErrorCode.NotEnoughReplicas;

    protected void Unexpected(string what, ErrorCode error) => throw new SimulationFailedException($"{Client.Id}: {what} is answered with {error}, which has no reason");

    /// <summary>What a group has committed for a partition; null while that is not known.</summary>
    protected async Task<long?> FetchOffsetAsync(string group, int partition)
    {
        var request = new OffsetFetchRequest
        {
            RequireStable = true,
            Groups = [new() { GroupId = group, MemberId = null, MemberEpoch = -1, Topics = [new() { Name = CoordinatorsRun.Input, PartitionIndexes = [partition] }] }],
        };
        OffsetFetchResponse.OffsetFetchResponseGroup answer = (await Client.CallAsync<OffsetFetchResponse>(request, 9)).Groups.Single();
        ErrorCode error = answer.ErrorCode != ErrorCode.None ? answer.ErrorCode : answer.Topics.Single().Partitions.Single().ErrorCode;
        if (error == ErrorCode.None)
        {
            return answer.Topics.Single().Partitions.Single().CommittedOffset;
        }

        if (!IsRetriable(error))
        {
            Unexpected($"fetching the offset of {group}", error);
        }

        return null;
    }

    protected async Task<ErrorCode> CommitOffsetAsync(string group, string member, int epoch, int partition, long offset)
    {
        var request = new OffsetCommitRequest
        {
            GroupId = group,
            MemberId = member,
            GenerationIdOrMemberEpoch = epoch,
            GroupInstanceId = null,
            Topics = [new() { Name = CoordinatorsRun.Input, Partitions = [new() { PartitionIndex = partition, CommittedOffset = offset, CommittedLeaderEpoch = -1, CommittedMetadata = null }] }],
        };
        return (await Client.CallAsync<OffsetCommitResponse>(request, 9)).Topics.Single().Partitions.Single().ErrorCode;
    }

    /// <summary>A commit of a member that owns the partition, as far as it knows.</summary>
    protected async Task<ErrorCode> CommitAsync(GroupModel group, string member, int epoch, int partition)
    {
        OffsetRegister register = group.Offsets[partition];
        long offset = register.Begin(Client.World.Ticks);
        ErrorCode error = await CommitOffsetAsync(group.Id, member, epoch, partition, offset);
        Note($"commits offset {offset} of {group.Id}-{partition}, epoch {epoch}: {error}");
        if (error == ErrorCode.None)
        {
            register.Complete(offset, Client.World.Ticks);
        }
        else if (error != ErrorCode.RequestTimedOut)
        {
            register.Refuse(offset);
        }

        return error;
    }

    /// <summary>G5: a member that has lost a partition to another commits it; that must be refused.</summary>
    protected async Task CommitAsGhostAsync(GroupModel group)
    {
        if (group.PickGhost(Random) is not { } ghost)
        {
            return;
        }

        (string member, int epoch) = Run.Flaw.Other == OtherBug.StaleEpochTaken ? (group.Id == CoordinatorsRun.Modern ? group.EpochOf(ghost.Partition) : Run.CurrentClassicMember(ghost.Partition)) : (ghost.Member, ghost.Epoch);
        long offset = group.Offsets[ghost.Partition].Begin(Client.World.Ticks);
        ErrorCode error = await CommitOffsetAsync(group.Id, member, epoch, ghost.Partition, offset);
        Note($"commits {group.Id}-{ghost.Partition} as {ghost.Member} of epoch {ghost.Epoch}, which lost it: {error}");
        group.Require(error != ErrorCode.None, $"G5: {ghost.Member} of epoch {ghost.Epoch} lost partition {ghost.Partition}, and its commit was taken");
        group.Offsets[ghost.Partition].Refuse(offset);
    }

    protected async Task ReadOffsetAsync(GroupModel group)
    {
        int partition = Random.Next(group.Offsets.Count);
        long began = Client.World.Ticks;
        if (await FetchOffsetAsync(group.Id, partition) is { } offset)
        {
            group.Offsets[partition].Read(offset, began);
        }
    }

    private async Task RunAsync()
    {
        while (true)
        {
            await Run.WhenBusyAsync();
            Run.Active++;
            try
            {
                await DoOneAsync();
            }
            catch (SimClientException lost)
            {
                Note($"no answer: {lost.Message}");
                await PauseAsync(Random.Next(5, 100));
            }

            Run.Active--;
            await PauseAsync(Random.Next(10, 100));
        }
    }
}
