namespace Moldau.Coordination;

/// <summary>How many members of a group name a topic, and how many of its patterns match it. Immutable.</summary>
public readonly record struct SubscriptionCount(int ByName, int ByPattern)
{
    public bool IsNone => ByName <= 0 && ByPattern <= 0;

    public SubscriptionCount Plus(int byName, int byPattern) => new(ByName + byName, ByPattern + byPattern);
}
