using Moldau.Core;

namespace Moldau.Cli.Tests;

public class ResetTargetTests
{
    [Theory]
    [InlineData(ResetKind.Earliest, 0L, 10L)]
    [InlineData(ResetKind.Latest, 0L, 100L)]
    [InlineData(ResetKind.Current, 0L, 50L)]
    [InlineData(ResetKind.Offset, 70L, 70L)]
    [InlineData(ResetKind.Offset, 5L, 10L)]
    [InlineData(ResetKind.Offset, 500L, 100L)]
    [InlineData(ResetKind.Shift, -20L, 30L)]
    [InlineData(ResetKind.Shift, -200L, 10L)]
    [InlineData(ResetKind.Shift, 200L, 100L)]
    [InlineData(ResetKind.Time, 1L, 60L)]
    internal void New_offsets_stay_within_the_log(ResetKind kind, long value, long expected) => new ResetTarget(kind, value).NewOffset(50, 10, 100, 60).ShouldBe(expected);

    [Fact]
    public void Without_a_committed_offset_or_a_record_of_that_time_there_is_still_a_place()
    {
        new ResetTarget(ResetKind.Current).NewOffset(null, 10, 100, null).ShouldBe(100);
        new ResetTarget(ResetKind.Shift, 5).NewOffset(null, 10, 100, null).ShouldBe(15);
        new ResetTarget(ResetKind.Time, 1).NewOffset(50, 10, 100, null).ShouldBe(100);
    }

    [Fact]
    public void Times_are_iso_8601_and_utc_unless_they_say_otherwise()
    {
        ResetTarget.AtTime("2024-11-21T18:00:00.000").Value.ShouldBe(1732212000000);
        ResetTarget.AtTime("2024-11-21T19:00:00.000+01:00").Value.ShouldBe(1732212000000);
        ResetTarget.Before("PT1H30M", DateTimeOffset.FromUnixTimeMilliseconds(1732212000000)).Value.ShouldBe(1732212000000 - 5_400_000);
        Should.Throw<CliException>(() => ResetTarget.AtTime("noon")).Message.ShouldContain("--to-datetime noon");
        Should.Throw<CliException>(() => ResetTarget.Before("1h", DateTimeOffset.UnixEpoch)).Message.ShouldContain("--by-duration 1h");
    }

    [Fact]
    public void A_file_has_topic_partition_and_offset()
    {
        ResetOffsetsCommand.ReadFile("\"orders\",0,5\norders,1,7\n").ShouldBe(new Dictionary<TopicPartition, long> { [new("orders", 0)] = 5, [new("orders", 1)] = 7 }, ignoreOrder: true);
        Should.Throw<CliException>(() => ResetOffsetsCommand.ReadFile("orders,1")).Message.ShouldContain("topic,partition,offset");
        Should.Throw<CliException>(() => ResetOffsetsCommand.ReadFile("orders,1,x")).Message.ShouldContain("'x' is no offset");
    }

    [Fact]
    public void Partitions_are_named_as_kafkas_scripts_do()
    {
        PartitionList.Parse("orders").Partitions.ShouldBeNull();
        (string topic, int[]? partitions) = PartitionList.Parse("orders:0,2");
        topic.ShouldBe("orders");
        partitions.ShouldBe([0, 2]);
        Should.Throw<CliException>(() => PartitionList.Parse("orders:x")).Message.ShouldContain("'x' is no partition");
    }
}
