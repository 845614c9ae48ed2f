namespace Moldau.Protocol.Tests;

/// <summary>What is written is read back, for random instances of each message in each version.</summary>
public class RoundTripTests
{
    private const int InstancesPerVersion = 6;

    [Fact]
    public void Each_message_in_each_version_survives_bytes_and_json()
    {
        foreach ((MessageInfo message, short version) in AnyMessage.Versions)
        {
            Random random = TestSeed.For(message.Name, version);
            for (int i = 0; i < InstancesPerVersion; i++)
            {
                string where = $"{message.Name} {version}, instance {i}, seed {TestSeed.Value}";
                IMessage made = AnyMessage.FromJson(message, RandomMessage.Json(random, message.Name, version), version);
                byte[] bytes = AnyMessage.Write(made, version);
                IMessage read = AnyMessage.Read(message, bytes, version, out int remaining);
                remaining.ShouldBe(0, where);
                string json = AnyMessage.Json(made, version);
                AnyMessage.Json(read, version).ShouldBe(json, where);
                AnyMessage.Write(read, version).ShouldBe(bytes, where);
                AnyMessage.Write(AnyMessage.FromJson(message, json, version), version).ShouldBe(bytes, where);
            }
        }
    }

    [Fact]
    public void Versions_that_do_not_exist_are_refused_both_ways()
    {
        foreach (MessageInfo message in MessageCatalog.All)
        {
            short version = message.HighestVersion;
            IMessage made = AnyMessage.FromJson(message, RandomMessage.Json(TestSeed.For(message.Name, version), message.Name, version), version);
            foreach (short wrong in new[] { (short)(message.LowestVersion - 1), (short)(version + 1) })
            {
                Should.Throw<UnsupportedVersionException>(() => AnyMessage.Write(made, wrong), message.Name);
                Should.Throw<UnsupportedVersionException>(() => AnyMessage.Read(message, new byte[100], wrong, out _), message.Name);
            }
        }
    }
}
