namespace Moldau.Metadata;

/// <summary>A user under one mechanism (Kafka's number for it): the key of a credential.</summary>
public readonly record struct ScramUser(string Name, sbyte Mechanism);
