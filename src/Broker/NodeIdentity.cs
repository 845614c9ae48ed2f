namespace Moldau.Broker;

/// <summary>Who this node is, from its configuration and meta.properties.</summary>
public sealed record NodeIdentity(int NodeId, string ClusterId);
