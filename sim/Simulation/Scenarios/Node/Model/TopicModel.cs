using Moldau.Core;

namespace Moldau.Simulation;

/// <summary>A topic as clients know it: what was acknowledged of it, and what is under way.</summary>
internal sealed class TopicModel(string name, Uuid id)
{
    public string Name { get; } = name;

    public Uuid Id { get; } = id;

    public TopicState State { get; set; } = TopicState.Live;

    /// <summary>Acknowledged ones; a further one may exist while <see cref="PartitionsAsked"/> is larger.</summary>
    public List<PartitionModel> Partitions { get; } = [];

    public int PartitionsAsked { get; set; }

    /// <summary>Configurations by key: all values that may be in force, the acknowledged one first.</summary>
    public SortedDictionary<string, List<string>> Configs { get; } = new(StringComparer.Ordinal);

    public bool IsCompacted => Configs.TryGetValue("cleanup.policy", out List<string>? policy) && policy.Exists(value => value.Contains("compact", StringComparison.Ordinal));

    public bool IsDeletedByAge => !Configs.TryGetValue("cleanup.policy", out List<string>? policy) || policy.Exists(value => value.Contains("delete", StringComparison.Ordinal));

    /// <summary>The least value of a key that may be, or have been, in force.</summary>
    public long Least(string key, long byDefault) => Configs.TryGetValue(key, out List<string>? values) ? values.Min(value => long.Parse(value, System.Globalization.CultureInfo.InvariantCulture)) : byDefault;

    /// <summary>Whether a record that consumers see is on the device.</summary>
    public bool IsSyncedBeforeShown => IsAlways("durability", "fsync") || IsAlways("flush.messages", "1");

    /// <summary>Whether what is acknowledged is on the device: with acks=all also where durability is left at auto, as nothing else protects a topic with one replica.</summary>
    public bool IsSyncedBeforeAck(short acks) => IsSyncedBeforeShown || (acks == -1 && !Configs.ContainsKey("durability"));

    private bool IsAlways(string key, string value) => Configs.TryGetValue(key, out List<string>? values) && values.TrueForAll(known => known == value);
}
