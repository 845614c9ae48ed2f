namespace Moldau.Storage;

/// <summary>
/// Proof that a transaction has been verified with its coordinator (KIP-890): taken from the log before the verification, handed back with the append. An
/// append with another guard than the log's is refused.
/// </summary>
public readonly record struct VerificationGuard(long Value)
{
    /// <summary>No verification is needed or has been made.</summary>
    public static VerificationGuard None => default;

    /// <summary>Whether this guard, the log's, is the one the append brings.</summary>
    internal bool Matches(VerificationGuard other) => Value != 0 && Value == other.Value;
}
