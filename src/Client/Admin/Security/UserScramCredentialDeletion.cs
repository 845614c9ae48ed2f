namespace Moldau.Client;

/// <summary>A user's credential goes. Immutable.</summary>
public sealed record UserScramCredentialDeletion(string User, ScramMechanismType Mechanism) : UserScramCredentialAlteration(User, Mechanism);
