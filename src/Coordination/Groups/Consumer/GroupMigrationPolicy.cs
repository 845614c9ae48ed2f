namespace Moldau.Coordination;

/// <summary>Whether groups may change between the classic and the consumer protocol while they have members: <c>group.consumer.migration.policy</c>.</summary>
[Flags]
public enum GroupMigrationPolicy
{
    Disabled = 0,
    Upgrade = 1,
    Downgrade = 2,
    Bidirectional = Upgrade | Downgrade,
}
