namespace Moldau.Raft;

/// <summary>What a replica must not forget over a crash: its epoch, the leader of it when known, and its vote in it. It is the content of
/// <c>quorum-state</c>.</summary>
public sealed record ElectionState(int Epoch, int? LeaderId, ReplicaKey? Voted)
{
    /// <summary>What a new replica starts from.</summary>
    public static ElectionState Initial { get; } = new(0, null, null);
}
