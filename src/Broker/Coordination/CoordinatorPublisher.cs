using Moldau.Core;
using Moldau.Metadata;

namespace Moldau.Broker;

/// <summary>Tells a coordinator which partitions of its topic this node leads now. Comes after the replicas, whose logs the coordinator then reads.</summary>
/// <param name="topic">The coordinator's topic.</param>
/// <param name="brokerId">This node.</param>
/// <param name="isRegistered">
/// By this image the broker is this process. Until then nothing is told: what the image of a start says is about the process before, and after a crash the leader epochs rise once more, so that each
/// partition would be read twice.
/// </param>
/// <param name="elected">This node leads the partition in the leader epoch; called again for an epoch it has led already.</param>
/// <param name="resigned">It does not any more; the epoch is null when the partition is gone.</param>
/// <param name="changed">There is a new image.</param>
internal sealed class CoordinatorPublisher(
    string topic,
    int brokerId,
    Predicate<MetadataImage> isRegistered,
    Action<PartitionIndex, int> elected,
    Action<PartitionIndex, int?> resigned,
    Action<MetadataImage, MetadataDelta> changed) : IMetadataPublisher
{
    private bool _isRegistered;

    /// <inheritdoc />
    public string Name => $"coordinator of {topic}";

    /// <inheritdoc />
    public void OnMetadataUpdate(MetadataDelta delta, MetadataImage image, LoaderManifest manifest)
    {
        changed(image, delta);
        var wasRegistered = _isRegistered;
        _isRegistered = isRegistered(image);
        if (_isRegistered && !wasRegistered)
        {
            Apply(image.Topics.Find(topic)?.Partitions ?? []);
        }

        if (delta.Topics is not { } topics)
        {
            return;
        }

        foreach (var topicId in topics.DeletedIds)
        {
            if (topics.Image.Find(topicId) is { } gone && gone.Name == topic)
            {
                foreach (var (index, _) in gone.Partitions)
                {
                    resigned(index, null);
                }
            }
        }

        foreach (var (_, change) in topics.Changed)
        {
            if (change.Name == topic)
            {
                Apply(change.Changes);
            }
        }
    }

    /// <inheritdoc />
    public void OnLeaderChange(int leaderId, int leaderEpoch)
    {
    }

    private void Apply(IEnumerable<KeyValuePair<int, PartitionRegistration>> changes)
    {
        foreach (var (index, registration) in changes)
        {
            if (registration.Leader == brokerId && _isRegistered)
            {
                elected(index, registration.LeaderEpoch);
            }
            else
            {
                resigned(index, registration.LeaderEpoch);
            }
        }
    }
}
