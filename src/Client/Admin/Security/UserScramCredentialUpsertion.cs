namespace Moldau.Client;

/// <summary>A user gets a credential, or another password. The password does not leave this process: what is sent was hashed with a salt. Immutable.</summary>
public sealed record UserScramCredentialUpsertion : UserScramCredentialAlteration
{
    /// <param name="user">The user.</param>
    /// <param name="mechanism">The mechanism.</param>
    /// <param name="password">The password.</param>
    /// <param name="iterations">How often the hash is iterated, from 4096 to 16384.</param>
    /// <param name="salt">The salt; random when null.</param>
    public UserScramCredentialUpsertion(string user, ScramMechanismType mechanism, string password, int iterations = 4096, ReadOnlyMemory<byte>? salt = null)
        : base(user, mechanism)
    {
        (Password, Iterations, Salt) = (password, iterations, salt);
    }

    /// <summary>How often the hash is iterated.</summary>
    public int Iterations { get; }

    internal string Password { get; }

    internal ReadOnlyMemory<byte>? Salt { get; }

    // The password is not for logs.
    /// <summary>What is set and for whom; not the password.</summary>
    public override string ToString() => $"{Mechanism} of {User}, {Iterations} iterations";
}
