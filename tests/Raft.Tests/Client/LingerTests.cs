using Moldau.Core;
using Moldau.Runtime;
using Moldau.Runtime.Memory;

namespace Moldau.Raft.Tests;

/// <summary>How long a leader gathers appends: for other voters it does, alone it does not.</summary>
public sealed class LingerTests
{
    private const int LingerMs = 25;

    [Fact]
    public void A_leader_alone_writes_at_once()
    {
        using var voter = new SingleVoter(LingerMs);
        RecordingListener listener = voter.Start();

        voter.Append("a");

        listener.Values.ShouldBe(["a"]);
    }

    [Fact]
    public void What_comes_together_shares_a_sync_without_lingering()
    {
        using var voter = new SingleVoter(LingerMs);
        RecordingListener listener = voter.Start();
        int flushes = voter.Log.Flushes;

        voter.Client.ScheduleAppend(1, ["a"u8.ToArray()]);
        voter.Client.ScheduleAppend(1, ["b"u8.ToArray()]);
        voter.Workers.RunAll();

        listener.Values.ShouldBe(["a", "b"]);
        voter.Log.Flushes.ShouldBe(flushes + 1);
    }

    [Fact]
    public void A_leader_of_others_gathers_appends_and_syncs_them_once()
    {
        var disk = new MemoryDisk();
        disk.CreateDirectory(SingleVoter.Directory);
        var log = new MemoryRaftLog();
        var time = new ManualTime();
        var workers = new ManualWorkers();
        var transport = new AgreeingVoter();
        var voters = new VoterSet(new[] { 1, 2 }.Select(id => new VoterNode(new ReplicaKey(id, Uuid.Zero), [new VoterEndpoint("CONTROLLER", "127.0.0.1", 9090 + id)])));
        var options = new RaftClientOptions { Quorum = new RaftOptions { NodeId = 1, DirectoryId = new Uuid(1, 2), StaticVoters = voters, AppendLingerMs = LingerMs } };
        using var client = new RaftClient(options, log, new SnapshotFiles(disk, SingleVoter.Directory), time, new SeededEntropy(1), workers, transport);
        transport.Client = client;
        client.Start();
        workers.RunAll();
        while (!client.Leader.IsLeader(1))
        {
            time.Advance(100);
            workers.RunAll();
        }

        long end = log.EndOffset;
        int flushes = log.Flushes;
        client.ScheduleAppend(client.Leader.Epoch, ["a"u8.ToArray()]);
        client.ScheduleAppend(client.Leader.Epoch, ["b"u8.ToArray()]);
        workers.RunAll();
        log.EndOffset.ShouldBe(end);

        time.Advance(LingerMs);
        workers.RunAll();
        log.EndOffset.ShouldBe(end + 2);
        log.Flushes.ShouldBe(flushes + 1);
    }

    /// <summary>The other voter, which grants every vote and says nothing else.</summary>
    private sealed class AgreeingVoter : IRaftTransport
    {
        public RaftClient? Client { get; set; }

        public void Send(long correlationId, int? to, RaftRequest request)
        {
            if (request is RaftRequest.Vote)
            {
                Client!.Receive(correlationId, new RaftResponse.Vote(RaftError.None, request.Epoch, null, Granted: true));
            }
        }
    }
}
