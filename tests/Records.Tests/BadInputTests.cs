namespace Moldau.Records.Tests;

public sealed class BadInputTests
{
    private const int Rounds = 4000;

    [Fact]
    public void Readers_of_damaged_batches_throw_nothing_but_their_own_exception()
    {
        for (int seed = 0; seed < Rounds; seed++)
        {
            var random = new RandomRecords(seed);
            var compression = RandomRecords.Compressions.ElementAt(random.Random.Next(RandomRecords.Compressions.Count()));
            var batch = random.Build(random.Make(countMax: 5), new RecordBatchOptions { Compression = compression });
            Damage(batch, random.Random);
            Should.NotThrow(() => ReadAll(batch), $"seed {seed}");
        }
    }

    [Fact]
    public void Decompressors_of_anything_throw_nothing_but_their_own_exception()
    {
        for (int seed = 0; seed < Rounds; seed++)
        {
            var random = new Random(seed);
            var bytes = new byte[random.Next(300)];
            random.NextBytes(bytes);
            using var decompressor = RecordDecompressor.Rent();
            foreach (var type in Enum.GetValues<CompressionType>())
            {
                Should.NotThrow(() => decompressor.Decompress(type, bytes, 2, out _).Length, $"seed {seed}, {type}");
            }
        }
    }

    [Fact]
    public void A_batch_that_decompresses_to_too_much_is_refused()
    {
        foreach (var compression in RandomRecords.Compressions.Where(compression => compression.Type != CompressionType.None))
        {
            using var builder = new RecordBatchBuilder();
            builder.Begin(new RecordBatchOptions { Compression = compression });
            builder.Append(1, null, new byte[3_000_000]);
            var batch = builder.BuildArray();
            Should.Throw<InvalidRecordException>(() => Count(batch, batchBytesMax: 1_000_000), $"{compression}");
            Should.Throw<InvalidRecordException>(() => Count(batch, recordBytesMax: 2_000_000), $"{compression}");
            Count(batch).ShouldBe(1);
        }
    }

    [Fact]
    public void A_snappy_block_allocates_no_more_than_its_size_justifies()
    {
        byte[] claimsTwoGigabytes = [0xFF, 0xFF, 0xFF, 0xFF, 0x07, 0x00, 0x01];
        using var decompressor = RecordDecompressor.Rent();
        long before = GC.GetAllocatedBytesForCurrentThread();
        decompressor.Decompress(CompressionType.Snappy, claimsTwoGigabytes, 2, out var failure);
        failure.ShouldBeOfType<InvalidRecordException>();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(100_000);
    }

    private static void Damage(byte[] batch, Random random)
    {
        for (int times = random.Next(1, 4); times > 0; times--)
        {
            int at = random.Next(RecordBatchLayout.Attributes, batch.Length);
            batch[at] = random.Next(3) switch
            {
                0 => (byte)random.Next(256),
                1 => (byte)(batch[at] ^ (1 << random.Next(8))),
                _ => 0xFF,
            };
        }
    }

    private static void ReadAll(byte[] batch)
    {
        foreach (var mode in Enum.GetValues<RecordReadMode>())
        {
            try
            {
                using var decompressor = RecordDecompressor.Rent();
                var records = RecordReader.Open(new RecordBatchHeader(batch), decompressor, mode, batchBytesMax: 10_000_000);
                while (records.MoveNext())
                {
                    _ = PlainRecord.Describe(in records.Current).Length;
                }
            }
            catch (RecordException)
            {
                // The one exception that readers may throw.
            }
        }
    }

    private static int Count(
        byte[] batch, int recordBytesMax = RecordReader.RecordBytesMaxDefault, int batchBytesMax = RecordDecompressor.BatchBytesMaxDefault)
    {
        using var decompressor = RecordDecompressor.Rent();
        int count = 0;
        var records = RecordReader.Open(new RecordBatchHeader(batch), decompressor, RecordReadMode.Strict, recordBytesMax, batchBytesMax);
        while (records.MoveNext())
        {
            count++;
        }

        return count;
    }
}
