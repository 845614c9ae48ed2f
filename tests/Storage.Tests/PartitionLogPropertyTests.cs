using Moldau.Protocol;

namespace Moldau.Storage.Tests;

/// <summary>Random histories against the oracle; a failure names its seed.</summary>
public sealed class PartitionLogPropertyTests
{
    private const int Seeds = 60;
    private const int Steps = 150;

    [Fact]
    public void Random_histories_read_as_the_oracle_does()
    {
        for (var seed = 1; seed <= Seeds; seed++)
        {
            new History(seed).Run(Steps);
        }
    }

    private sealed class History(int seed)
    {
        private readonly Random random = new(seed);
        private readonly LogOracle oracle = new();
        private StorageRig rig = new((ulong)seed, openFiles: 3);
        private PartitionLog log = null!;
        private int step;

        private string Where => $"seed {seed}, step {step}";

        public void Run(int steps)
        {
            log = rig.Open();
            for (step = 0; step < steps; step++)
            {
                Step();
                log.LogEndOffset.ShouldBe(oracle.End, Where);
                log.LogStartOffset.ShouldBe(oracle.Start, Where);
                CheckRead();
            }
        }

        private void Step()
        {
            switch (random.Next(20))
            {
                case 0:
                    var to = random.NextInt64(Math.Max(0, oracle.End - 20), oracle.End + 2);
                    to = oracle.Batches.Select(batch => batch.First).Append(oracle.End).Where(first => first <= to).DefaultIfEmpty(oracle.End).Max();
                    if (to >= oracle.Start)
                    {
                        log.TruncateTo(to);
                        oracle.TruncateTo(to);
                    }

                    break;
                case 1:
                    log.UpdateHighWatermark(long.MaxValue);
                    var start = random.NextInt64(oracle.Start, oracle.End + 1);
                    log.IncrementLogStartOffset(start).ShouldBe(ErrorCode.None, Where);
                    oracle.StartAt(start);
                    log.DeleteOldSegments();
                    break;
                case 2:
                    log.Flush();
                    break;
                case 3:
                    Reopen(clean: true);
                    break;
                case 4:
                    Reopen(clean: false);
                    break;
                case 5:
                    rig.Time.Advance(TimeSpan.FromSeconds(2));
                    rig.Environment.Deletes.RunDue(rig.NowMs);
                    log.Roll();
                    break;
                default:
                    Append();
                    break;
            }
        }

        private void Append()
        {
            var batch = StorageRig.Batch(random.Next(1, 5), random.Next(120), rig.NowMs + random.Next(1000));
            var result = log.AppendAsLeader(batch, leaderEpoch: step / 40);
            result.Error.ShouldBe(ErrorCode.None, $"{Where}: {result.ErrorMessage}");
            result.FirstOffset.ShouldBe(oracle.End, Where);
            oracle.Append(result.FirstOffset, result.LastOffset, batch);
        }

        private void Reopen(bool clean)
        {
            if (clean)
            {
                log.Close();
            }

            var state = new LogLoadState(log.LogStartOffset, log.RecoveryPoint, clean, IsEndKnown: clean);
            rig = rig.AfterKill();
            log = rig.Open(state: state);
            log.EnsureLoaded();
        }

        private void CheckRead()
        {
            var offset = random.NextInt64(oracle.Start, oracle.End + 1);
            using var slice = log.Read(offset, random.Next(1, 3000), FetchIsolation.LogEnd, minOneBatch: true);
            slice.Error.ShouldBe(ErrorCode.None, Where);
            var bytes = new byte[slice.Length];
            slice.CopyTo(bytes).ShouldBe(slice.Length, Where);
            var expected = oracle.From(offset);
            (bytes.Length > 0).ShouldBe(offset < oracle.End, $"{Where}: offset {offset} of {oracle.End}");
            bytes.AsSpan().SequenceEqual(expected.AsSpan(0, Math.Min(bytes.Length, expected.Length))).ShouldBeTrue($"{Where}: bytes at offset {offset}");
        }
    }
}
