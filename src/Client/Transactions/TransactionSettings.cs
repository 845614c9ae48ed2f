namespace Moldau.Client;

/// <summary>What a <see cref="TransactionManager"/> goes by. Immutable.</summary>
/// <param name="Timeout"><c>transaction.timeout.ms</c>.</param>
/// <param name="MaxBlock"><c>max.block.ms</c>: how long a call tries.</param>
/// <param name="RetryBackoff"><c>retry.backoff.ms</c>.</param>
/// <param name="RetryBackoffMax"><c>retry.backoff.max.ms</c>.</param>
internal sealed record TransactionSettings(TimeSpan Timeout, TimeSpan MaxBlock, TimeSpan RetryBackoff, TimeSpan RetryBackoffMax);
