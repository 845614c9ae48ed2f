using Moldau.Core;
using Moldau.Protocol;

namespace Moldau.Coordination.Tests;

/// <summary>Markers on their way over the test's network.</summary>
internal sealed class PendingMarker(TransactionMarker marker, IReadOnlyCollection<TopicPartition> partitions)
{
    private readonly TaskCompletionSource<IReadOnlyDictionary<TopicPartition, ErrorCode>> _answer = new();

    public TransactionMarker Marker => marker;

    public IReadOnlyList<TopicPartition> Partitions { get; } = [.. partitions];

    public Task<IReadOnlyDictionary<TopicPartition, ErrorCode>> Answer => _answer.Task;

    public void Reply(IReadOnlyDictionary<TopicPartition, ErrorCode> answers) => _answer.TrySetResult(answers);

    /// <summary>The answer is lost, or the request was.</summary>
    public void Lose() => Reply(TransactionCoordinator.All(Partitions, ErrorCode.RequestTimedOut));
}
