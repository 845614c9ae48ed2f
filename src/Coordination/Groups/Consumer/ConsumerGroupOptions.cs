using Moldau.Core;

namespace Moldau.Coordination;

/// <summary>How a node treats consumer groups: <c>group.consumer.*</c>. Read anew with each request, from the shard's thread.</summary>
public sealed record ConsumerGroupOptions
{
    /// <summary>The assignors, the default first; at least one.</summary>
    public IReadOnlyList<IPartitionAssignor> Assignors { get; init; } = [new UniformAssignor(), new RangeAssignor()];

    public int SizeMax { get; init; } = int.MaxValue;

    public int RegexRefreshIntervalMs { get; init; } = 600_000;

    public GroupMigrationPolicy MigrationPolicy { get; init; } = GroupMigrationPolicy.Bidirectional;

    /// <summary>What holds for one group.</summary>
    public Func<GroupId, ConsumerGroupTimeouts> TimeoutsOf { get; init; } = static _ => new ConsumerGroupTimeouts(45_000, 5_000, 1_000);

    public IPartitionAssignor DefaultAssignor => Assignors[0];

    /// <summary>The assignor of that name; the default when there is none any more.</summary>
    public IPartitionAssignor Assignor(string? name)
    {
        foreach (var assignor in Assignors)
        {
            if (assignor.Name == name)
            {
                return assignor;
            }
        }

        return DefaultAssignor;
    }
}
