namespace Moldau.Coordination;

/// <summary>What a group's own configuration may say, with the broker's where it says nothing.</summary>
public readonly record struct ConsumerGroupTimeouts(int SessionTimeoutMs, int HeartbeatIntervalMs, int AssignmentIntervalMs);
