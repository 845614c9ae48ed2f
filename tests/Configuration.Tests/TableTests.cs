namespace Moldau.Configuration.Tests;

public class TableTests
{
    public static TheoryData<string> Kinds => ["broker", "topic", "group", "client-metrics", "quota"];

    [Fact]
    public void Every_key_of_Apache_Kafka_is_there()
    {
        ConfigTables.Broker.Keys.Count(k => !k.IsOurs && k.UpdateMode != ConfigUpdateMode.DynamicOnly).ShouldBe(379);
        ConfigTables.Broker.Keys.Count(k => !k.IsOurs && k.IsDynamic).ShouldBe(110);
        ConfigTables.Topic.Keys.Count(k => !k.IsOurs).ShouldBe(38);
        ConfigTables.Group.Keys.Count.ShouldBe(27);
        ConfigTables.ClientMetrics.Keys.Count.ShouldBe(3);
        ConfigTables.Quota.Keys.Count.ShouldBe(7);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_key_is_documented_and_a_status_other_than_works_says_what_it_means(string kind)
    {
        foreach (ConfigKey key in ConfigTableReader.Read(kind).Keys)
        {
            key.Documentation.ShouldNotBeEmpty(key.Name);
            key.Documentation.ShouldEndWith(".", Case.Sensitive, key.Name);
            (key.Note.Length > 0).ShouldBe(key.Status != ConfigStatus.Works || key.Note.Length > 0, key.Name);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_default_is_a_good_value(string kind)
    {
        foreach (ConfigKey key in ConfigTableReader.Read(kind).Keys.Where(k => k.Default is not null))
        {
            ConfigParser.TryParse(key, key.Default!, out object? value, out string? error).ShouldBeTrue(error);
            ConfigParser.Format(value).ShouldBe(key.Default);
        }
    }

    [Fact]
    public void Topic_and_group_keys_point_to_broker_keys_that_exist()
    {
        foreach (string name in ConfigTables.Topic.Keys.Concat(ConfigTables.Group.Keys).SelectMany(k => k.BrokerKeys))
        {
            ConfigTables.Broker.Contains(name).ShouldBeTrue(name);
        }
    }

    [Fact]
    public void Names_stand_in_ordinal_order()
    {
        ConfigTables.Broker.Keys.Select(k => k.Name).ShouldBe(ConfigTables.Broker.Keys.Select(k => k.Name).Order(StringComparer.Ordinal));
        ConfigTables.Topic.Keys.Select(k => k.Name).ShouldBe(ConfigTables.Topic.Keys.Select(k => k.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("num.partition", "num.partitions")]
    [InlineData("log.retention.hour", "log.retention.hours")]
    [InlineData("listners", "listeners")]
    [InlineData("auto.create.topic.enable", "auto.create.topics.enable")]
    public void A_misspelled_name_finds_the_nearest(string name, string nearest) => ConfigTables.Broker.Nearest(name).ShouldBe(nearest);

    [Fact]
    public void A_name_that_is_nothing_like_any_finds_none() => ConfigTables.Broker.Nearest("xyzzy").ShouldBeNull();

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("abc", "abc", 0)]
    [InlineData("abc", "acb", 1)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("", "four", 4)]
    public void Edit_distance_counts_swapped_neighbours_once(string a, string b, int distance) =>
        NearestName.Distance(a, b, int.MaxValue).ShouldBe(distance);
}
