namespace Moldau.Storage;

/// <summary>
/// A transaction that is being verified: no batch of it may go beyond the lowest sequence seen meanwhile, so that a first batch that waits for its
/// verification is not overtaken.
/// </summary>
internal sealed class VerificationState(long timestampMs, int sequence, short epoch, bool supportsEpochBump, VerificationGuard guard)
{
    public long TimestampMs { get; } = timestampMs;

    public VerificationGuard Guard { get; } = guard;

    public int LowestSequence { get; private set; } = sequence;

    public short Epoch { get; private set; } = epoch;

    /// <summary>Whether the client speaks transactions version 2: then the first sequence of a producer that is not known must be 0.</summary>
    public bool SupportsEpochBump { get; } = supportsEpochBump;

    public void See(int sequence, short epoch)
    {
        if (epoch == Epoch && sequence < LowestSequence)
        {
            LowestSequence = sequence;
        }

        if (epoch > Epoch)
        {
            Epoch = epoch;
            LowestSequence = sequence;
        }
    }
}
