using Moldau.Configuration;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Controller.Tests;

public sealed class FeatureAndConfigTests
{
    [Fact]
    public void A_feature_is_raised_and_lowered()
    {
        MetadataImage image = Fixtures.Cluster(1);
        image = image.After(Update(image, KnownFeatures.GroupVersion, 1, 1));
        image.Features.Level(KnownFeatures.GroupVersion).ShouldBe((short)1);
        image = image.After(Update(image, KnownFeatures.GroupVersion, 0, 2));
        image.Features.Level(KnownFeatures.GroupVersion).ShouldBe((short)0);
    }

    [Theory]
    [InlineData("group.version", 9, 1, "Invalid update version 9 for feature group.version. Local controller 1 only supports versions 0-1")]
    [InlineData("no.such", 1, 1, "Invalid update version 1 for feature no.such. Local controller 1 does not support this feature.")]
    [InlineData("metadata.version", 20, 1, "Invalid update version 20 for feature metadata.version. Can't downgrade the version of this feature without setting the upgrade type to either safe or unsafe downgrade.")]
    [InlineData("metadata.version", 32, 2, "Unsupported metadata.version downgrade from 33 to 32. Refusing to perform the requested downgrade because it might delete metadata information.")]
    [InlineData("group.version", 1, 9, "Invalid update version 1 for feature group.version. The controller does not support the given upgrade type.")]
    public void A_bad_update_says_why(string feature, short level, sbyte type, string why)
    {
        ControllerResult<UpdateFeaturesResponse> result = Update(Fixtures.Cluster(1), feature, level, type);
        result.Response.ErrorCode.ShouldBe(ErrorCode.InvalidUpdateVersion);
        result.Response.ErrorMessage.ShouldBe("The update failed for all features since the following feature had an error: " + why);
        result.Records.ShouldBeEmpty();
    }

    [Fact]
    public void ELR_makes_min_insync_replicas_a_value_of_the_cluster()
    {
        MetadataImage image = Fixtures.Cluster(1);
        image = image.After(Update(image, KnownFeatures.EligibleLeaderReplicasVersion, 1, 1));
        image.Configs.Value(new(ConfigResourceType.Broker, ""), "min.insync.replicas").ShouldBe("1");
    }

    [Fact]
    public void What_storage_format_writes_is_what_Apache_Kafka_writes()
    {
        ActivationManager.BootstrapRecords(MetadataVersion.LatestProduction).Select(record => (FeatureLevelRecord)record.Message)
            .Select(record => (record.Name, record.FeatureLevel)).ShouldBe(
            [
                ("metadata.version", (short)33),
                ("eligible.leader.replicas.version", (short)1),
                ("group.version", (short)1),
                ("share.version", (short)2),
                ("streams.version", (short)1),
                ("transaction.version", (short)2),
            ]);
    }

    [Fact]
    public void Configurations_are_set_appended_to_and_deleted()
    {
        MetadataImage image = Fixtures.Cluster(1).WithTopic([1]);
        image = image.After(Alter(image, "t", ("retention.ms", 0, "5"), ("cleanup.policy", 2, "compact")));
        image.Configs.Of(ConfigResource.Topic("t")).ShouldBe(new Dictionary<string, string> { ["cleanup.policy"] = "delete,compact", ["retention.ms"] = "5" });
        image = image.After(Alter(image, "t", ("retention.ms", 1, null)));
        image.Configs.Value(ConfigResource.Topic("t"), "retention.ms").ShouldBeNull();
    }

    [Fact]
    public void A_bad_configuration_is_refused()
    {
        MetadataImage image = Fixtures.Cluster(1).WithTopic([1]);
        Answer(Alter(image, "t", ("nonsense", 0, "5"))).ShouldBe((ErrorCode.InvalidConfig, "Unknown topic config name: nonsense"));
        Answer(Alter(image, "other", ("retention.ms", 0, "5"))).ShouldBe((ErrorCode.UnknownTopicOrPartition, "The topic 'other' does not exist."));
    }

    [Fact]
    public void Producer_ids_come_in_blocks_of_a_thousand()
    {
        MetadataImage image = Fixtures.Cluster(1);
        var request = new AllocateProducerIdsRequest { BrokerId = 1, BrokerEpoch = 101 };
        ControllerResult<AllocateProducerIdsResponse> first = ProducerIdManager.Allocate(image, request, Fixtures.Context());
        ((long)first.Response.ProducerIdStart, first.Response.ProducerIdLen).ShouldBe((0, 1000));
        ((long)ProducerIdManager.Allocate(image.After(first), request, Fixtures.Context()).Response.ProducerIdStart).ShouldBe(1000);
        request.BrokerEpoch = 7;
        ProducerIdManager.Allocate(image, request, Fixtures.Context()).Response.ErrorCode.ShouldBe(ErrorCode.StaleBrokerEpoch);
    }

    private static (ErrorCode Code, string? Message) Answer(ControllerResult<IncrementalAlterConfigsResponse> result) =>
        (result.Response.Responses[0].ErrorCode, result.Response.Responses[0].ErrorMessage);

    private static ControllerResult<IncrementalAlterConfigsResponse> Alter(MetadataImage image, string topic, params (string Name, sbyte Op, string? Value)[] configs)
    {
        var resource = new IncrementalAlterConfigsRequest.AlterConfigsResource { ResourceType = 2, ResourceName = topic };
        foreach ((string name, sbyte op, string? value) in configs)
        {
            resource.Configs.Add(new() { Name = name, ConfigOperation = op, Value = value });
        }

        return ConfigManager.IncrementalAlter(image, new() { Resources = [resource] }, Fixtures.Context());
    }

    private static ControllerResult<UpdateFeaturesResponse> Update(MetadataImage image, string feature, short level, sbyte type) => FeatureManager.Update(
        image, new() { FeatureUpdates = [new() { Feature = feature, MaxVersionLevel = level, UpgradeType = type }] }, Fixtures.Context(2));
}
