using Moldau.Records;

namespace Moldau.Storage.Tests;

/// <summary>Look-ups in an index that is on the disk: from anywhere to anywhere, and cheap for who goes forward.</summary>
public sealed class IndexLookupTests
{
    private const int Batches = 6000;

    [Fact]
    public void Reads_in_any_order_find_the_batch_of_the_offset()
    {
        using var log = Filled(out var batchBytes);
        var random = new Random(5);
        var offset = 0;
        for (var i = 0; i < 3000; i++)
        {
            // A reader that goes on, one that goes back a little, and others that come from elsewhere.
            offset = random.Next(4) switch
            {
                0 => random.Next(Batches),
                1 => Math.Max(0, offset - random.Next(100)),
                _ => Math.Min(Batches - 1, offset + random.Next(80)),
            };
            using var slice = log.Read(offset, batchBytes, FetchIsolation.LogEnd, minOneBatch: true);
            slice.Position.ShouldBe((long)offset * batchBytes, $"offset {offset}, read {i}");
            slice.Length.ShouldBe(batchBytes);
        }
    }

    private static PartitionLog Filled(out int batchBytes)
    {
        var log = new StorageRig().Open(new LogConfig { IndexIntervalBytes = 1, TransactionVerificationEnabled = false });
        batchBytes = 0;
        for (var i = 0; i < Batches; i++)
        {
            var batch = StorageRig.Batch(records: 1, valueBytes: 10, timestamp: 1000);
            batchBytes = batch.Length;
            log.AppendAsLeader(batch, 0, AppendOrigin.Client);
        }

        return log;
    }
}
