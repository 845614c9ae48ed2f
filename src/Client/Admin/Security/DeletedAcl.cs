namespace Moldau.Client;

/// <summary>A rule that a filter met. Immutable.</summary>
/// <param name="Binding">The rule.</param>
/// <param name="Error">Why it is still there; null when it is not.</param>
public sealed record DeletedAcl(AclBinding Binding, KafkaException? Error);
