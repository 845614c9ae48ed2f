using Moldau.Runtime;

namespace Moldau.Storage.Tests.Cleaning;

public sealed class OffsetMapTests
{
    [Fact]
    public void The_map_agrees_with_a_dictionary_until_it_is_full()
    {
        for (var seed = 1; seed <= 40; seed++)
        {
            var random = new Random(seed);
            using var map = new OffsetMap(new Entropy(random), keysMax: random.Next(1, 3000), memoryBytes: random.Next(1, 60_000), loadFactor: random.Next(1, 101) / 100.0);
            var expected = new Dictionary<string, long>();
            var keys = random.Next(1, 4000);
            for (long offset = 0; !map.IsFull && offset < 20_000; offset++)
            {
                var key = $"key-{random.Next(keys)}";
                map.Put(Bytes(key), offset);
                expected[key] = offset;
                map.LatestOffset.ShouldBe(offset, $"seed {seed}");
                map.Count.ShouldBe(expected.Count, $"seed {seed}");
            }

            for (var i = 0; i < keys; i++)
            {
                map.Get(Bytes($"key-{i}")).ShouldBe(expected.GetValueOrDefault($"key-{i}", -1), $"seed {seed}, key {i}");
            }

            map.Count.ShouldBeLessThanOrEqualTo(map.Capacity, $"seed {seed}");
        }
    }

    [Fact]
    public void It_takes_no_more_memory_than_it_may_and_no_more_than_its_keys_need()
    {
        using var bounded = new OffsetMap(new Entropy(new Random(1)), keysMax: long.MaxValue, memoryBytes: 1 << 20, loadFactor: 0.9);
        bounded.SizeBytes.ShouldBeInRange((1 << 20) - OffsetMap.EntryBytes, 1 << 20);
        bounded.Capacity.ShouldBe((long)((1 << 20) / OffsetMap.EntryBytes * 0.9));
        using var small = new OffsetMap(new Entropy(new Random(1)), keysMax: 100, memoryBytes: 1 << 27, loadFactor: 0.9);
        small.SizeBytes.ShouldBeLessThan(4096);
        small.Capacity.ShouldBeGreaterThanOrEqualTo(100);
    }

    [Fact]
    public void The_empty_key_and_very_long_keys_are_keys()
    {
        using var map = new OffsetMap(new Entropy(new Random(1)), 10, 1000, 0.9);
        map.Get([]).ShouldBe(-1);
        map.Put([], 0);
        map.Put(new byte[100_000], 7);
        map.Put(new byte[100_001], 8);
        map.Get([]).ShouldBe(0);
        map.Get(new byte[100_000]).ShouldBe(7);
        map.Get(new byte[100_001]).ShouldBe(8);
        map.Get(new byte[99_999]).ShouldBe(-1);
    }

    private static byte[] Bytes(string key) => System.Text.Encoding.UTF8.GetBytes(key);

    private sealed class Entropy(Random random) : IEntropy
    {
        public void Fill(Span<byte> destination) => random.NextBytes(destination);
    }
}
