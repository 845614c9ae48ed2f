using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Runtime;

namespace Moldau.Controller.Tests;

public sealed class QuorumControllerTests
{
    [Fact]
    public void A_controller_of_an_empty_log_writes_the_features_of_a_new_cluster()
    {
        (FakeRaft raft, QuorumController controller) = Start();
        raft.Lead(1, 1);
        controller.IsActive.ShouldBeTrue();
        controller.CommittedImage.Features.FinalizedMetadataVersion.ShouldBeNull();
        raft.Commit();
        controller.CommittedImage.MetadataVersion.ShouldBe(MetadataVersion.LatestProduction);
        controller.CommittedImage.Features.Level(KnownFeatures.GroupVersion).ShouldBe((short)1);
        controller.CommittedImage.Configs.Value(new(Configuration.ConfigResourceType.Broker, ""), "min.insync.replicas").ShouldBe("1");
    }

    [Fact]
    public void A_request_is_answered_once_its_records_are_committed()
    {
        (FakeRaft raft, QuorumController controller) = Active();
        Task<ControllerReply<CreateTopicsResponse>> reply = Create(raft, controller, "t");
        reply.IsCompleted.ShouldBeFalse();
        controller.CommittedImage.Topics.Find("t").ShouldBeNull();
        raft.Commit();
        reply.IsCompletedSuccessfully.ShouldBeTrue();
        controller.CommittedImage.Topics.Find("t").ShouldNotBeNull();
    }

    [Fact]
    public async Task A_request_sees_the_ones_before_it_though_they_are_not_committed()
    {
        (FakeRaft raft, QuorumController controller) = Active();
        Task<ControllerReply<CreateTopicsResponse>> first = Create(raft, controller, "t");
        Task<ControllerReply<CreateTopicsResponse>> second = Create(raft, controller, "t");
        second.IsCompleted.ShouldBeFalse("its answer rests on the first");
        raft.Commit();
        (await first).Response!.Topics[0].ErrorCode.ShouldBe(ErrorCode.None);
        (await second).Response!.Topics[0].ErrorCode.ShouldBe(ErrorCode.TopicAlreadyExists);
    }

    [Fact]
    public async Task What_was_not_committed_is_forgotten_when_the_leadership_is_lost()
    {
        (FakeRaft raft, QuorumController controller) = Active();
        Task<ControllerReply<CreateTopicsResponse>> reply = Create(raft, controller, "t");
        raft.Truncate();
        raft.Lead(2, 2);
        (await reply).Error.Code.ShouldBe(ErrorCode.NotController);
        raft.Lead(1, 3);
        Task<ControllerReply<CreateTopicsResponse>> again = Create(raft, controller, "t");
        raft.Commit();
        (await again).Response!.Topics[0].ErrorCode.ShouldBe(ErrorCode.None);
    }

    [Fact]
    public async Task A_controller_that_stands_by_says_who_is_active()
    {
        (FakeRaft raft, QuorumController controller) = Start();
        raft.Lead(2, 1);
        ControllerReply<CreateTopicsResponse> reply = await Create(raft, controller, "t");
        reply.Error.ShouldBe(new ApiError(ErrorCode.NotController, "The active controller appears to be node 2."));
    }

    [Fact]
    public async Task A_refused_append_changes_nothing()
    {
        (FakeRaft raft, QuorumController controller) = Active();
        raft.RefuseAppends = true;
        (await Create(raft, controller, "t")).Error.Code.ShouldBe(ErrorCode.NotController);
        raft.RefuseAppends = false;
        Task<ControllerReply<CreateTopicsResponse>> again = Create(raft, controller, "t");
        raft.Commit();
        (await again).Response!.Topics[0].ErrorCode.ShouldBe(ErrorCode.None);
    }

    /// <summary>An active controller with one live broker, by way of registration and heartbeat.</summary>
    private static (FakeRaft Raft, QuorumController Controller) Active()
    {
        (FakeRaft raft, QuorumController controller) = Start();
        raft.Lead(1, 1);
        var registration = new BrokerRegistrationRequest { BrokerId = 1, ClusterId = "cluster", IncarnationId = new Uuid(4, 400), LogDirs = [new Uuid(6, 600)] };
        foreach ((string name, VersionRange range) in KnownFeatures.SupportedRanges)
        {
            registration.Features.Add(new() { Name = name, MinSupportedVersion = range.Min, MaxSupportedVersion = range.Max });
        }

        Task<ControllerReply<BrokerRegistrationResponse>> registered = controller.RegisterBrokerAsync(registration, RequestOptions.Default);
        raft.RunAll();
        raft.Commit();
        BrokerRegistrationResponse answer = registered.GetAwaiter().GetResult().Response!;
        answer.ErrorCode.ShouldBe(ErrorCode.None);
        controller.CommittedImage.Cluster.Broker(1)!.Epoch.ShouldBe(raft.LogEndOffset - 1, "the epoch is the offset of the registration");
        controller.CommittedImage.Cluster.Broker(1)!.Fenced.ShouldBeTrue();

        var heartbeat = new BrokerHeartbeatRequest { BrokerId = 1, BrokerEpoch = answer.BrokerEpoch, CurrentMetadataOffset = answer.BrokerEpoch };
        Task<ControllerReply<BrokerHeartbeatResponse>> beaten = controller.HeartbeatAsync(heartbeat, RequestOptions.Default);
        raft.RunAll();
        raft.Commit();
        beaten.GetAwaiter().GetResult().Response!.IsFenced.ShouldBeFalse();
        controller.CommittedImage.Cluster.IsAlive(1).ShouldBeTrue();
        return (raft, controller);
    }

    private static (FakeRaft Raft, QuorumController Controller) Start()
    {
        var raft = new FakeRaft();
        var options = new ControllerOptions { Node = Fixtures.Node(), ClusterId = "cluster" };
        var controller = new QuorumController(raft, options, new FixedTime(), Fixtures.Context().Entropy, raft);
        controller.Start();
        return (raft, controller);
    }

    private static Task<ControllerReply<CreateTopicsResponse>> Create(FakeRaft raft, QuorumController controller, string name)
    {
        var request = new CreateTopicsRequest { Topics = [new() { Name = name, NumPartitions = 1, ReplicationFactor = 1 }] };
        Task<ControllerReply<CreateTopicsResponse>> reply =
            controller.SubmitAsync((image, context) => TopicManager.Create(image, request, context), RequestOptions.Default);
        raft.RunAll();
        return reply;
    }

    private sealed class FixedTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(1_000_000);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new NoTimer();

        private sealed class NoTimer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
