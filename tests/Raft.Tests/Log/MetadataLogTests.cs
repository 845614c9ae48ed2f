using Moldau.Runtime;
using Moldau.Runtime.Memory;
using Moldau.Storage;

namespace Moldau.Raft.Tests;

public sealed class MetadataLogTests
{
    private readonly MemoryDisk _disk = new();
    private readonly ManualTime _time = new();
    private readonly ManualWorkers _workers = new();

    [Fact]
    public void A_client_on_segments_restarts_with_everything()
    {
        _disk.CreateDirectory("data");
        RecordingListener first = Run("data", "a", "b");
        RecordingListener second = Run("data", "c");

        first.Values.ShouldBe(["a", "b"]);
        second.Values.ShouldBe(["a", "b", "c"]);
        second.Told.ShouldContain("leader 1 of 2");
        PartitionMetadataFile.Read(_disk, "data/__cluster_metadata-0").ShouldBe(Moldau.Core.Uuid.MetadataTopic);
        AtomicFile.ReadText(_disk, "data/__cluster_metadata-0/quorum-state").ShouldBe(
            "{\"clusterId\":\"\",\"leaderId\":1,\"leaderEpoch\":2,\"votedId\":-1,\"appliedOffset\":0,\"currentVoters\":[{\"voterId\":1}],\"data_version\":0}");
    }

    [Fact]
    public void A_log_is_cut_and_read_from_any_batch()
    {
        _disk.CreateDirectory("data");
        using MetadataLog log = Open("data");
        for (int i = 0; i < 5; i++)
        {
            log.Append(RaftBatchCodec.EncodeData(i * 2, 1 + (i / 3), _time.NowMs, [new byte[10], new byte[10]]));
        }

        log.Epochs.ShouldBe([new EpochStart(1, 0), new EpochStart(2, 6)]);
        RaftBatchCodec.Decode(log.Read(5, 1)).ShouldHaveSingleItem().BaseOffset.ShouldBe(4);
        log.Truncate(6);
        log.EndOffset.ShouldBe(6);
        log.Epochs.ShouldBe([new EpochStart(1, 0)]);
        log.ResetTo(100);
        (log.StartOffset, log.EndOffset).ShouldBe((100L, 100L));
        log.Read(100, 100).Length.ShouldBe(0);
    }

    [Fact]
    public void What_a_snapshot_replaces_is_deleted_and_a_reopened_log_starts_at_a_snapshot()
    {
        _disk.CreateDirectory("data");
        var environment = new LogEnvironment(new OpenFiles(_disk), _time, new SeededEntropy(1));
        using (MetadataLog log = MetadataLog.Open(environment, "data", segmentBytes: 300))
        {
            for (int i = 0; i < 20; i++)
            {
                log.Append(RaftBatchCodec.EncodeData(i, 1, _time.NowMs, [new byte[60]]));
            }
            log.AdvanceStart(11);
            log.StartOffset.ShouldBe(11);
        }
        environment.Deletes.RunDue(long.MaxValue);
        string[] segments = [.. _disk.List("data/__cluster_metadata-0").Select(entry => entry.Name).Where(name => name.EndsWith(".log", StringComparison.Ordinal)).Order()];
        segments[0].ShouldBe(LogFileNames.Log(10), "the segment that holds the start stays, those before it go");
        segments.Length.ShouldBe(5);

        using MetadataLog again = Open("data");
        again.StartOffset.ShouldBe(10);
        again.EndOffset.ShouldBe(20);
    }

    [Theory]
    [InlineData("clean-initial")]
    [InlineData("clean-standalone")]
    [InlineData("clean-static")]
    [InlineData("plain")]
    [InlineData("metadata")]
    [InlineData("many-topics")]
    [InlineData("from-4.3.1")]
    [InlineData("from-4.3.1-upgraded")]
    [InlineData("unclean-torn")]
    public void A_directory_of_Kafka_opens_and_its_records_come_in_order(string name)
    {
        foreach ((string path, byte[] bytes) in Shared.Directory(name))
        {
            _disk.CreateDirectory(path[..path.LastIndexOf('/')]);
            using IDiskFile file = _disk.Open(path, DiskOpenMode.CreateNew);
            file.Write(bytes, 0);
        }
        MetaProperties properties = MetaProperties.Read(_disk, "data")!;
        long endBefore;
        using (MetadataLog log = Open("data"))
        {
            endBefore = log.EndOffset;
        }

        RecordingListener listener = Run("data", properties.DirectoryId!.Value);

        listener.Told.ShouldContain(line => line.StartsWith("leader 1 of", StringComparison.Ordinal));
        listener.NextOffset.ShouldBeGreaterThan(endBefore);
        listener.Values.Count.ShouldBeGreaterThan(4);
    }

    private MetadataLog Open(string directory) => MetadataLog.Open(new LogEnvironment(new OpenFiles(_disk), _time, new SeededEntropy(1)), directory);

    private RecordingListener Run(string directory, params string[] values) => Run(directory, new Moldau.Core.Uuid(1, 1), values);

    private RecordingListener Run(string directory, Moldau.Core.Uuid directoryId, params string[] values)
    {
        var files = new SnapshotFiles(_disk, MetadataLog.DirectoryIn(directory));
        bool isDynamic = false;
        if (_disk.DirectoryExists(files.Directory))
        {
            isDynamic = _disk.List(files.Directory).Any(entry => entry.Name.EndsWith(".checkpoint", StringComparison.Ordinal))
                && files.ReadBatches(files.List()[^1])[0].ControlRecords.OfType<RaftControlRecord.VotersChange>().Any();
        }
        var voters = new VoterSet([new VoterNode(new ReplicaKey(1, Moldau.Core.Uuid.Zero), [])]);
        using var client = new RaftClient(
            new RaftClientOptions
            {
                Quorum = new RaftOptions { NodeId = 1, DirectoryId = directoryId, StaticVoters = isDynamic ? VoterSet.Empty : voters, AppendLingerMs = 0 },
            },
            Open(directory), files, _time, new SeededEntropy(1), _workers);
        var listener = new RecordingListener();
        client.Register(listener);
        client.Start();
        _workers.RunAll();
        foreach (string value in values)
        {
            client.ScheduleAppend(listener.Leader!.Value.Epoch, [System.Text.Encoding.UTF8.GetBytes(value)]);
            _workers.RunAll();
        }
        Task stopped = client.ShutdownAsync();
        _workers.RunAll();
        stopped.IsCompletedSuccessfully.ShouldBeTrue();
        return listener;
    }
}
