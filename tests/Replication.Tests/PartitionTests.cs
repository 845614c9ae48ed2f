using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Records;
using Moldau.Runtime;
using Moldau.Runtime.Memory;
using Moldau.Storage;

namespace Moldau.Replication.Tests;

/// <summary>One replica: its role, its high watermark, and who may append.</summary>
public sealed class PartitionTests
{
    private static readonly TopicPartition Id = new("t", 0);

    [Fact]
    public void Only_the_leader_of_the_present_epoch_is_appended_to()
    {
        var partition = Create();
        Append(partition).Error.ShouldBe(ErrorCode.NotLeaderOrFollower);

        partition.Become(Led(epoch: 4), brokerId: 1);
        Append(partition).Error.ShouldBe(ErrorCode.None);
        partition.CheckLeader(-1).ShouldBe(ErrorCode.None);
        partition.CheckLeader(4).ShouldBe(ErrorCode.None);
        partition.CheckLeader(3).ShouldBe(ErrorCode.FencedLeaderEpoch);
        partition.CheckLeader(5).ShouldBe(ErrorCode.UnknownLeaderEpoch);

        partition.Retire();
        partition.CheckLeader(-1).ShouldBe(ErrorCode.NotLeaderOrFollower);
        Append(partition).Error.ShouldBe(ErrorCode.NotLeaderOrFollower);
    }

    [Fact]
    public void Old_metadata_changes_nothing()
    {
        var partition = Create();
        partition.Become(Led(epoch: 4), brokerId: 1);
        partition.Become(Led(epoch: 3) with { Leader = 2 }, brokerId: 1);
        partition.Role.IsLeader.ShouldBeTrue();
        partition.Role.LeaderEpoch.ShouldBe(4);
    }

    [Fact]
    public void The_high_watermark_never_goes_back_however_many_append_at_once()
    {
        const int Threads = 4;
        const int AppendsEach = 200;
        var partition = Create();
        partition.Become(Led(epoch: 0), brokerId: 1);
        var lagging = 0;
        var threads = Enumerable.Range(0, Threads).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < AppendsEach; i++)
            {
                var result = Append(partition);
                if (partition.Log.HighWatermark <= result.LastOffset)
                {
                    Interlocked.Increment(ref lagging);
                }
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        lagging.ShouldBe(0);
        partition.Log.HighWatermark.ShouldBe(Threads * AppendsEach);
    }

    [Fact]
    public void Too_few_in_sync_refuse_acks_of_all_and_hold_the_high_watermark()
    {
        var partition = Create();
        partition.MinInSyncReplicas = 2;
        partition.Become(Led(epoch: 0) with { Replicas = [1, 2], Directories = [Uuid.Zero, Uuid.Zero] }, brokerId: 1);

        Append(partition).Error.ShouldBe(ErrorCode.NotEnoughReplicas);
        Append(partition, acks: 1).Error.ShouldBe(ErrorCode.None);
        partition.Log.HighWatermark.ShouldBe(0);
        partition.HasEnoughInSyncReplicas.ShouldBeFalse();
    }

    [Fact]
    public void A_new_leader_knows_where_its_epoch_begins_and_the_high_watermark_goes_on_once_fewer_suffice()
    {
        var partition = Create();
        partition.MinInSyncReplicas = 2;
        var registration = Led(epoch: 0) with { Replicas = [1, 2], Directories = [Uuid.Zero, Uuid.Zero] };
        partition.Become(registration, brokerId: 1);
        Append(partition, acks: 1).Error.ShouldBe(ErrorCode.None);
        partition.Become(registration with { LeaderEpoch = 1, PartitionEpoch = 1 }, brokerId: 1);
        partition.LeaderEpochStartOffset.ShouldBe(1);
        partition.Log.HighWatermark.ShouldBe(0, "what the epoch before committed is not known");

        partition.MinInSyncReplicas = 1;
        partition.Log.HighWatermark.ShouldBe(1);
    }

    private static Partition Create()
    {
        var time = new ManualTimeProvider();
        var disk = new MemoryDisk(time);
        disk.CreateDirectory($"data/{Id}");
        var environment = new LogEnvironment(new OpenFiles(disk), time, new ZeroEntropy());
        return new Partition(Id, Uuid.Zero, PartitionLog.Open(environment, Id, $"data/{Id}", new LogConfig(), LogLoadState.New));
    }

    private static PartitionRegistration Led(int epoch) =>
        new() { Replicas = [1], Directories = [Uuid.Zero], Isr = [1], Leader = 1, LeaderEpoch = epoch, PartitionEpoch = epoch };

    private static AppendResult Append(Partition partition, short acks = -1)
    {
        using var builder = new RecordBatchBuilder();
        builder.Begin(new RecordBatchOptions());
        builder.Append(1, null, [1]);
        return partition.AppendAsLeader(builder.BuildArray(), AppendOrigin.Client, acks);
    }

    private sealed class ZeroEntropy : IEntropy
    {
        public void Fill(Span<byte> destination) => destination.Clear();
    }
}
