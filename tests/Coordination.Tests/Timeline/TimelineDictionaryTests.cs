namespace Moldau.Coordination.Tests;

/// <summary>Dictionaries that remember, against copies of what they were: random changes, snapshots, reverts and forgotten ones.</summary>
public sealed class TimelineDictionaryTests
{
#pragma warning disable CA5394 // Nothing here is secret; the point is that it repeats.
    [Fact]
    public void What_was_there_at_each_offset_is_what_a_copy_says()
    {
        for (var seed = 1; seed <= 30; seed++)
        {
            var random = new Random(seed);
            var registry = new SnapshotRegistry();
            TimelineDictionary<string, int>[] sets = [new(registry), new(registry), new(registry, StringComparer.OrdinalIgnoreCase)];
            var copies = new SortedDictionary<long, Dictionary<string, int>[]>();
            var offset = 0L;
            for (var step = 0; step < 600; step++)
            {
                var set = sets[random.Next(sets.Length)];
                switch (random.Next(12))
                {
                    case 0 or 1:
                        registry.TakeSnapshot(++offset);
                        copies[offset] = Copy(sets);
                        break;
                    case 2 when copies.Count > 0 && random.Next(3) == 0:
                        var to = copies.Keys.ElementAt(random.Next(copies.Count));
                        registry.RevertTo(to);
                        copies.Keys.Where(later => later > to).ToList().ForEach(later => copies.Remove(later));
                        offset = to;
                        break;
                    case 3 when copies.Count > 0:
                        var kept = registry.ForgetBefore(copies.Keys.ElementAt(random.Next(copies.Count)));
                        copies.Keys.Where(earlier => earlier < kept).ToList().ForEach(earlier => copies.Remove(earlier));
                        break;
                    case 4:
                        set.Remove($"k{random.Next(8)}");
                        break;
                    case 5 when random.Next(8) == 0:
                        set.Clear();
                        break;
                    default:
                        set[$"k{random.Next(8)}"] = step;
                        break;
                }

                foreach (var (at, copy) in copies)
                {
                    for (var index = 0; index < sets.Length; index++)
                    {
                        sets[index].At(at).OrderBy(entry => entry.Key).ShouldBe(copy[index].OrderBy(entry => entry.Key), $"seed {seed}, step {step}, dictionary {index} at {at}");
                    }
                }
            }
        }
    }
#pragma warning restore CA5394

    private static Dictionary<string, int>[] Copy(TimelineDictionary<string, int>[] sets)
    {
        return [.. sets.Select(set => set.Keys.ToDictionary(key => key, key => set[key]))];
    }
}
