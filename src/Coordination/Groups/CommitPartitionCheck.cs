using Moldau.Core;

namespace Moldau.Coordination;

/// <summary>Judges one partition of a commit that was let in as a whole; throws <see cref="CoordinatorException"/> when the member may not commit it.</summary>
public delegate void CommitPartitionCheck(TopicName topic, Uuid topicId, PartitionIndex partition);
