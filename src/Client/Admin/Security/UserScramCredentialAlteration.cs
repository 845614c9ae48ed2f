namespace Moldau.Client;

/// <summary>A change of a user's credential: <see cref="UserScramCredentialUpsertion"/> or <see cref="UserScramCredentialDeletion"/>. Immutable.</summary>
/// <param name="User">The user.</param>
/// <param name="Mechanism">The credential of this mechanism.</param>
public abstract record UserScramCredentialAlteration(string User, ScramMechanismType Mechanism);
