using System.Text;
using Moldau.Core;
using Moldau.Runtime;
using Moldau.Runtime.Memory;

namespace Moldau.Raft.Tests;

/// <summary>A client that is the only voter, on a disk and a log that outlive it.</summary>
public sealed class SingleVoter : IDisposable
{
    public const string Directory = "data/__cluster_metadata-0";

    private static readonly Uuid DirectoryId = new(1, 2);

    public SingleVoter(int lingerMs = 0, bool isDynamic = false)
    {
        LingerMs = lingerMs;
        IsDynamic = isDynamic;
        Disk.CreateDirectory(Directory);
        Files = new SnapshotFiles(Disk, Directory);
        Voters = new VoterSet([new VoterNode(new ReplicaKey(1, isDynamic ? DirectoryId : Uuid.Zero), [new VoterEndpoint("CONTROLLER", "127.0.0.1", 9093)])]);
    }

    public MemoryDisk Disk { get; } = new();

    public MemoryRaftLog Log { get; } = new();

    public ManualTime Time { get; } = new();

    public ManualWorkers Workers { get; } = new();

    public SnapshotFiles Files { get; }

    public VoterSet Voters { get; }

    public int LingerMs { get; }

    public bool IsDynamic { get; }

    public long RetentionBytes { get; init; } = -1;

    public RaftClient Client { get; private set; } = null!;

    public RecordingListener Listener { get; private set; } = null!;

    public RecordingListener Start()
    {
        Client = new RaftClient(
            new RaftClientOptions
            {
                Quorum = new RaftOptions { NodeId = 1, DirectoryId = DirectoryId, StaticVoters = IsDynamic ? VoterSet.Empty : Voters, AppendLingerMs = LingerMs },
                RetentionBytes = RetentionBytes,
            },
            Log, Files, Time, new SeededEntropy(1), Workers);
        Listener = new RecordingListener();
        Client.Register(Listener);
        Client.Start();
        Workers.RunAll();
        return Listener;
    }

    public long Append(params string[] values)
    {
        long offset = Client.ScheduleAppend(Listener.Leader!.Value.Epoch, [.. values.Select(value => new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(value)))]);
        Workers.RunAll();
        return offset;
    }

    public void Snapshot()
    {
        using ISnapshotWriter writer = Client.CreateSnapshot(new OffsetAndEpoch(Listener.NextOffset, Client.Leader.Epoch), Time.NowMs)!;
        writer.Append([.. Listener.Values.Select(value => new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(value)))]);
        writer.Freeze();
        Workers.RunAll();
    }

    public void Dispose() => Client?.Dispose();
}
