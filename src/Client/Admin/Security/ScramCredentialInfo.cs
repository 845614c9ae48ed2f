namespace Moldau.Client;

/// <summary>That a user has a credential. Immutable.</summary>
/// <param name="Mechanism">For which mechanism.</param>
/// <param name="Iterations">How often its hash is iterated.</param>
public sealed record ScramCredentialInfo(ScramMechanismType Mechanism, int Iterations);
