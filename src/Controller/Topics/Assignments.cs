using System.Collections.Immutable;
using Moldau.Metadata;
using Moldau.Protocol;

namespace Moldau.Controller;

/// <summary>Replica lists that users give, and the partitions that new replica lists make. Pure.</summary>
internal static class Assignments
{
    /// <summary>Says what is wrong with a list of replicas.</summary>
    /// <param name="image">Knows the brokers.</param>
    /// <param name="replicas">The list.</param>
    /// <param name="replicationFactor">How long it must be; null when it may have any length.</param>
    internal static ApiError Check(MetadataImage image, int[] replicas, int? replicationFactor)
    {
        if (replicas.Length == 0)
        {
            return Bad("The manual partition assignment includes an empty replica list.");
        }

        int[] sorted = [.. replicas];
        Array.Sort(sorted);
        for (int i = 0; i < sorted.Length; i++)
        {
            if (image.Cluster.Broker(sorted[i]) is null)
            {
                return Bad($"The manual partition assignment includes broker {sorted[i]}, but no such broker is registered.");
            }

            if (i > 0 && sorted[i] == sorted[i - 1])
            {
                return Bad($"The manual partition assignment includes the broker {sorted[i]} more than once.");
            }
        }

        if (replicationFactor is { } expected && replicas.Length != expected)
        {
            return Bad(
                $"The manual partition assignment includes a partition with {replicas.Length} replica(s), but this is not consistent with previous "
                + $"partitions, which have {expected} replica(s).");
        }

        return ApiError.None;
    }

    /// <summary>A new partition whose live replicas are in sync, led by the first of them; null when none is live.</summary>
    internal static PartitionRegistration? NewPartition(TopicView view, int[] replicas)
    {
        ImmutableArray<int> isr = [.. replicas.Where(view.Image.Cluster.IsActive)];
        if (isr.Length == 0)
        {
            return null;
        }

        return new PartitionRegistration
        {
            Replicas = [.. replicas],
            Directories = [.. replicas.Select(view.DefaultDirectory)],
            Isr = isr,
            Leader = isr[0],
        };
    }

    private static ApiError Bad(string message) => new(ErrorCode.InvalidReplicaAssignment, message);
}
