using Moldau.Core;

namespace Moldau.Raft;

/// <summary>A replica of the metadata log: the node's id and the id of its metadata directory (KIP-853). <see cref="Uuid.Zero"/> stands for an unknown
/// directory.</summary>
public readonly record struct ReplicaKey(int Id, Uuid DirectoryId)
{
    public override string ToString() => DirectoryId.IsZero ? $"{Id}" : $"{Id}-{DirectoryId}";
}
