using Moldau.Core;

namespace Moldau.Simulation;

/// <summary>How far a group has got: what was handed out to any member, what is done, what is committed (C7, C8).</summary>
internal sealed class GroupProgress(SimWorld world, string name, int partitions, bool commitsItself)
{
    private readonly HashSet<long>[] _handedOut = [.. Enumerable.Range(0, partitions).Select(_ => new HashSet<long>())];
    private readonly HashSet<long>[] _done = [.. Enumerable.Range(0, partitions).Select(_ => new HashSet<long>())];
    private readonly long[] _handedOutTo = new long[partitions];
    private readonly long[] _doneTo = new long[partitions];
    private readonly long[] _committedTo = new long[partitions];

    public string Name => name;

    /// <summary>Whether the application commits, what it was handed out; else the consumer does, what is done.</summary>
    public bool CommitsItself => commitsItself;

    /// <summary>The first offset that nobody was handed out.</summary>
    public long HandedOutTo(int partition) => Reach(_handedOut[partition], ref _handedOutTo[partition]);

    public void HandOut(int partition, long offset) => _handedOut[partition].Add(offset);

    public void Finish(int partition, long offset) => _done[partition].Add(offset);

    /// <summary>The group has committed what lies before this offset.</summary>
    public void Commit(int partition, long offset) => _committedTo[partition] = Math.Max(_committedTo[partition], offset);

    /// <summary>Whether nobody needs to be handed this out any more: a member is done with it, or has committed it.</summary>
    public bool IsDone(int partition, long offset) => offset < _committedTo[partition] || (!commitsItself && _done[partition].Contains(offset));

    /// <summary>C8. Null when the coordinator did not say.</summary>
    public void SeeCommitted(long[]? committed)
    {
        for (int partition = 0; committed is not null && partition < committed.Length; partition++)
        {
            long reached = commitsItself ? HandedOutTo(partition) : Reach(_done[partition], ref _doneTo[partition]);
            LibraryRun.Require(committed[partition] <= reached, $"C8: group {name} has committed offset {committed[partition]} of partition {partition}, and {(commitsItself ? "was handed out" : "is done with")} what lies before {reached}");
        }

        world.Note($"group {name} has committed {(committed is null ? "nobody knows what" : string.Join(", ", committed))}");
    }

    private static long Reach(HashSet<long> offsets, ref long reached)
    {
        while (offsets.Contains(reached))
        {
            reached++;
        }

        return reached;
    }
}
