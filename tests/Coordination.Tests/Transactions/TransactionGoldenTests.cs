using System.Text.Json;
using Moldau.Core;
using Moldau.Protocol.Coordination;

namespace Moldau.Coordination.Tests;

/// <summary>The transaction topic as Apache Kafka 4.4 wrote it: each record is written again to the byte, and each step from one to the next is one of ours.</summary>
public sealed class TransactionGoldenTests
{
    [Theory]
    [InlineData("transactions", 2)]
    [InlineData("transactions-v0", 0)]
    [InlineData("transactions-prepared", 2)]
    public void Each_record_is_read_and_written_again_to_the_byte(string name, short transactionVersion)
    {
        var count = 0;
        foreach (var (key, value) in Records(name))
        {
            if (Read(key, value) is { } metadata)
            {
                var again = TransactionLog.Record(metadata, transactionVersion);
                CoordinatorRecordCodec.WriteKey(again).ShouldBe(key);
                CoordinatorRecordCodec.WriteValue(again).ShouldBe(value, $"{metadata}");
                count++;
            }
        }

        count.ShouldBeGreaterThan(5);
    }

    [Theory]
    [InlineData("transactions")]
    [InlineData("transactions-v0")]
    public void Each_step_is_one_that_we_take_too(string name)
    {
        var known = new Dictionary<TransactionalId, TransactionMetadata>();
        var steps = new HashSet<TransactionState>();
        foreach (var (key, value) in Records(name))
        {
            if (Read(key, value) is not { } next)
            {
                continue;
            }

            var before = known.GetValueOrDefault(next.TransactionalId) ?? TransactionMetadata.New(next.TransactionalId, next.ProducerId, next.TimeoutMs, 0);
            known[next.TransactionalId] = next;
            steps.Add(next.State);
            var ours = Step(before, next);
            (ours with { Partitions = next.Partitions, LastProducerEpoch = -1 }).ShouldBe(next, $"after {before}");
            ours.Partitions.ShouldBe(next.Partitions, ignoreOrder: true);
        }

        steps.Count.ShouldBe(6);
    }

    private static TransactionMetadata Step(TransactionMetadata before, TransactionMetadata next)
    {
        // In version 0 of the records neither ids beside the producer's own nor the client's version are told.
        var forgets = before.PreviousProducerId == -1 && next.PreviousProducerId == -1;
        var now = next.LastUpdateTimestampMs;
        var commit = next.State == TransactionState.PrepareCommit;
        var isFence = next.ClientTransactionVersion < 2 && next.ProducerEpoch > before.ProducerEpoch;
        var ours = next.State switch
        {
            TransactionState.Empty when next.ProducerId != before.ProducerId => before.Rotate(next.ProducerId, false, next.TimeoutMs, now),
            TransactionState.Empty => before.Initialize((short)(before.ProducerEpoch + 1), -1, next.TimeoutMs, now),
            TransactionState.Ongoing => before.Add(next.Partitions, next.ClientTransactionVersion, now),
            TransactionState.PrepareCommit or TransactionState.PrepareAbort =>
                (isFence ? before.Fence() : before).Prepare(commit, next.ClientTransactionVersion, next.NextProducerId, now),
            _ => before.Complete(now),
        };
        return forgets ? ours with { PreviousProducerId = -1 } : ours;
    }

    private static TransactionMetadata? Read(byte[] key, byte[]? value)
    {
        var record = CoordinatorRecordCodec.Transaction.Read(key, value is null ? default(ReadOnlyMemory<byte>?) : value).ShouldNotBeNull();
        return record.Value is TransactionLogValue known ? TransactionLog.Read(((TransactionLogKey)record.Key).TransactionalId, known) : null;
    }

    private static IEnumerable<(byte[] Key, byte[]? Value)> Records(string name)
    {
        var path = Path.Combine(RepositoryFolder(), "..", "shared", "golden", "dirs", name + ".json");
        Assert.SkipWhen(!File.Exists(path), "../shared/golden/dirs is not beside the repository");
        using var golden = JsonDocument.Parse(File.ReadAllText(path));
        foreach (var partition in golden.RootElement.GetProperty("seen").GetProperty("topics").GetProperty("__transaction_state").GetProperty("partitions").EnumerateObject())
        {
            if (!partition.Value.TryGetProperty("records", out var records) || !records.TryGetProperty("list", out var list))
            {
                continue;
            }

            foreach (var record in list.EnumerateArray())
            {
                yield return (record[4].GetBytesFromBase64(), record[5].ValueKind == JsonValueKind.Null ? null : record[5].GetBytesFromBase64());
            }
        }
    }

    private static string RepositoryFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Moldau.slnx")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("the tests run outside of the repository");
    }
}
