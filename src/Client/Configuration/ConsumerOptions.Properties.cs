using Microsoft.Extensions.Logging;
using Moldau.Configuration;

namespace Moldau.Client;

/// <summary>Options by Kafka's names.</summary>
public sealed partial record ConsumerOptions
{
    private const string ByDuration = "by_duration:";

    /// <summary>Options by Kafka's names.</summary>
    /// <param name="properties">Names and values, as in a properties file.</param>
    /// <param name="seams">Time, network and randomness; the real ones when null.</param>
    /// <exception cref="ConfigurationException">A key is unknown or its value is wrong; the message names it and what would be right.</exception>
    public static ConsumerOptions FromProperties(IEnumerable<KeyValuePair<string, string>> properties, ClientSeams? seams = null)
    {
        var config = new ClientConfigReader(ClientKeys.Consumer, properties, (seams ?? new ClientSeams()).Logging.CreateLogger<ConsumerOptions>());
        string[] assignors = config.Get<string[]>("partition.assignment.strategy");
        Func<ConsumerAssignor>[] makers = Array.ConvertAll(assignors, Assignor);
        return CommonOptions.Apply(new ConsumerOptions(), config, seams) with
        {
            GroupId = config.Text("group.id"),
            GroupInstanceId = config.Text("group.instance.id"),
            GroupProtocol = string.Equals(config.Get<string>("group.protocol"), "consumer", StringComparison.OrdinalIgnoreCase) ? GroupProtocol.Consumer : GroupProtocol.Classic,
            GroupRemoteAssignor = config.Text("group.remote.assignor"),
            Assignors = () => Array.ConvertAll(makers, make => make()),
            ClientRack = config.Text("client.rack") ?? "",
            DefaultApiTimeout = config.Milliseconds("default.api.timeout.ms"),
            SessionTimeout = config.Milliseconds("session.timeout.ms"),
            HeartbeatInterval = config.Milliseconds("heartbeat.interval.ms"),
            MaxPollInterval = config.Milliseconds("max.poll.interval.ms"),
            MaxPollRecords = config.Get<int>("max.poll.records"),
            OffsetReset = Reset(config.Get<string>("auto.offset.reset")),
            AutoCommit = (config.IsSet("enable.auto.commit") || config.IsSet("group.id")) && config.Get<bool>("enable.auto.commit"),
            AutoCommitInterval = config.Milliseconds("auto.commit.interval.ms"),
            IsolationLevel = config.Get<string>("isolation.level") == "read_committed" ? IsolationLevel.ReadCommitted : IsolationLevel.ReadUncommitted,
            FetchMinBytes = config.Get<int>("fetch.min.bytes"),
            FetchMaxBytes = config.Get<int>("fetch.max.bytes"),
            FetchMaxWait = config.Milliseconds("fetch.max.wait.ms"),
            MaxPartitionFetchBytes = config.Get<int>("max.partition.fetch.bytes"),
            CheckCrcs = config.Get<bool>("check.crcs"),
            AllowAutoCreateTopics = config.Get<bool>("allow.auto.create.topics"),
            ExcludeInternalTopics = config.Get<bool>("exclude.internal.topics"),
        };
    }

    private static OffsetReset Reset(string value) => value switch
    {
        "earliest" => OffsetReset.Earliest,
        "latest" => OffsetReset.Latest,
        "none" => OffsetReset.None,
        _ => value.StartsWith(ByDuration, StringComparison.Ordinal) && IsoDuration.TryParse(value[ByDuration.Length..], out TimeSpan age) && age >= TimeSpan.Zero
            ? OffsetReset.ByDuration(age)
            : throw new ConfigurationException($"auto.offset.reset is {value}: it must be earliest, latest, none or by_duration:PnDTnHnMn.nS"),
    };

    /// <summary>Java's class names stand for the assignors that they name, and so do the names by which members speak of them.</summary>
    private static Func<ConsumerAssignor> Assignor(string name) => name[(name.LastIndexOf('.') + 1)..] switch
    {
        "RangeAssignor" or "range" => static () => new RangeAssignor(),
        "RoundRobinAssignor" or "roundrobin" => static () => new RoundRobinAssignor(),
        "StickyAssignor" or "sticky" => static () => new StickyAssignor(),
        "CooperativeStickyAssignor" or "cooperative-sticky" => static () => new CooperativeStickyAssignor(),
        _ => throw new ConfigurationException($"partition.assignment.strategy has {name}: RangeAssignor, RoundRobinAssignor, StickyAssignor and CooperativeStickyAssignor are there; give others as Assignors in code"),
    };
}
