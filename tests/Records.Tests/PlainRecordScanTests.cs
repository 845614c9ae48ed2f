namespace Moldau.Records.Tests;

/// <summary>The scan that takes good batches quickly agrees with the reader that knows what is wrong with the others.</summary>
public sealed class PlainRecordScanTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void It_takes_what_the_reader_takes_whatever_the_bytes_are(int seed)
    {
        var random = new RandomRecords(seed);
        var taken = 0;
        for (var round = 0; round < 4000; round++)
        {
            var bytes = random.Build(random.Make(), new RecordBatchOptions());
            for (var damage = round % 4; damage > 0; damage--)
            {
                bytes[random.Random.Next(RecordBatchLayout.HeaderBytes, bytes.Length)] = (byte)random.Random.Next(256);
            }

            var isTaken = Scan(bytes, out var min, out var max, out var haveKeys);
            isTaken.ShouldBe(Read(bytes, out var expectedMin, out var expectedMax, out var expectedKeys), $"seed {seed}, round {round}: {Convert.ToHexString(bytes)}");
            if (isTaken)
            {
                (min, max, haveKeys).ShouldBe((expectedMin, expectedMax, expectedKeys), $"seed {seed}, round {round}");
                taken++;
            }
        }

        taken.ShouldBeInRange(1000, 3999, $"seed {seed}");
    }

    [Fact]
    public void It_refuses_a_batch_that_is_cut_or_has_more_at_its_end()
    {
        var random = new RandomRecords(9);
        var records = new RecordBatchHeader(random.Build(random.Make(), new RecordBatchOptions()));
        var payload = records.Payload;
        for (var cut = 0; cut < payload.Length; cut++)
        {
            PlainRecordScan.TryRun(payload[..cut], records.RecordsCount, 0, out _, out _, out _).ShouldBeFalse($"{cut} bytes");
        }

        PlainRecordScan.TryRun([.. payload, 0], records.RecordsCount, 0, out _, out _, out _).ShouldBeFalse();
        PlainRecordScan.TryRun(payload, records.RecordsCount - 1, 0, out _, out _, out _).ShouldBeFalse();
        PlainRecordScan.TryRun([], 0, 0, out _, out _, out _).ShouldBeFalse();
    }

    private static bool Scan(byte[] bytes, out long min, out long max, out bool haveKeys)
    {
        var batch = new RecordBatchHeader(bytes);
        return PlainRecordScan.TryRun(batch.Payload, batch.RecordsCount, batch.BaseTimestamp, out min, out max, out haveKeys);
    }

    private static bool Read(byte[] bytes, out long min, out long max, out bool haveKeys)
    {
        (min, max, haveKeys) = (long.MaxValue, long.MinValue, true);
        try
        {
            var records = RecordReader.OpenPlain(new RecordBatchHeader(bytes));
            while (records.MoveNext())
            {
                min = Math.Min(min, records.Current.Timestamp);
                max = Math.Max(max, records.Current.Timestamp);
                haveKeys &= records.Current.HasKey;
            }

            return true;
        }
        catch (RecordException)
        {
            return false;
        }
    }
}
