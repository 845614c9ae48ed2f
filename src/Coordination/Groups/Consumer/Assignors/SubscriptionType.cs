namespace Moldau.Coordination;

/// <summary>Whether all members of a group subscribe to the same topics. An assignor takes a simpler way when they do.</summary>
public enum SubscriptionType
{
    Homogeneous,
    Heterogeneous,
}
