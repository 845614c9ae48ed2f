namespace Moldau.Client;

/// <summary>What a worker has done since it began.</summary>
/// <param name="Handled">Records that a handler took.</param>
/// <param name="Failures">Attempts of handlers that failed.</param>
/// <param name="Retried">Records put into retry topics.</param>
/// <param name="DeadLettered">Records put into dead letter topics.</param>
/// <param name="Running">Records with handlers now.</param>
/// <param name="Waiting">Records held here now.</param>
public readonly record struct WorkerStatistics(long Handled, long Failures, long Retried, long DeadLettered, int Running, int Waiting);
