using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Broker.Tests;

public sealed class ApiVersionsTests
{
    public static TheoryData<short> Versions => [0, 1, 2, 3, 4, 5];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Each_version_names_exactly_the_handlers_there_are(short version)
    {
        await using var node = new PipelineFixture();
        ApiVersionsResponse response = await Ask(node, version, new ApiVersionsRequest { ClientSoftwareName = "probe", ClientSoftwareVersion = "1.0" });
        response.ErrorCode.ShouldBe(ErrorCode.None);
        response.ApiKeys.Select(api => ((short)api.ApiKey, api.MinVersion, api.MaxVersion)).ShouldBe([(17, (short)0, (short)1), (18, (short)0, (short)5), (36, (short)0, (short)2)]);
        string[] supported = version < 3 ? [] : version < 4 ? ["metadata.version"] : ["metadata.version", "group.version"];
        response.SupportedFeatures.Select(feature => feature.Name).ShouldBe(supported);
        if (version >= 3)
        {
            response.FinalizedFeaturesEpoch.ShouldBe(42);
            response.FinalizedFeatures.ShouldHaveSingleItem().MaxVersionLevel.ShouldBe((short)30);
        }
    }

    [Theory]
    [InlineData(6)]
    [InlineData(short.MaxValue)]
    [InlineData(-1)]
    [InlineData(short.MinValue)]
    public async Task An_unknown_version_is_answered_in_version_0_and_the_connection_goes_on(short version)
    {
        await using var node = new PipelineFixture();
        using TestPeer peer = await node.Connect();
        await peer.Send(PipelineFixture.Frame(ApiKey.ApiVersions, version, 1, new ApiVersionsRequest { ClientSoftwareName = "x", ClientSoftwareVersion = "1" }, bodyVersion: 5));
        ApiVersionsResponse refusal = await PipelineFixture.Receive<ApiVersionsResponse>(peer, 0, 1);
        refusal.ErrorCode.ShouldBe(ErrorCode.UnsupportedVersion);
        ApiVersionsResponse.ApiVersion range = refusal.ApiKeys.ShouldHaveSingleItem();
        ((short)range.ApiKey, range.MinVersion, range.MaxVersion).ShouldBe(((short)18, (short)0, (short)5));
        await peer.Send(PipelineFixture.Frame(ApiKey.ApiVersions, 0, 2, new ApiVersionsRequest()));
        (await PipelineFixture.Receive<ApiVersionsResponse>(peer, 0, 2)).ErrorCode.ShouldBe(ErrorCode.None);
    }

    [Theory]
    [InlineData("apache-kafka-java", "4.4.0", true)]
    [InlineData("a", "1", true)]
    [InlineData("", "1", false)]
    [InlineData("a", "", false)]
    [InlineData("-a", "1", false)]
    [InlineData("a.", "1", false)]
    [InlineData("a b", "1", false)]
    [InlineData("a_b", "1", false)]
    [InlineData("ä", "1", false)]
    public async Task Names_of_software_are_checked_from_version_3_on(string name, string software, bool valid)
    {
        await using var node = new PipelineFixture();
        ApiVersionsResponse response = await Ask(node, 3, new ApiVersionsRequest { ClientSoftwareName = name, ClientSoftwareVersion = software });
        response.ErrorCode.ShouldBe(valid ? ErrorCode.None : ErrorCode.InvalidRequest);
    }

    [Theory]
    [InlineData(null, -1, ErrorCode.None)]
    [InlineData("cluster-1", 7, ErrorCode.None)]
    [InlineData("cluster-1", 8, ErrorCode.RebootstrapRequired)]
    [InlineData("cluster-2", 7, ErrorCode.RebootstrapRequired)]
    [InlineData(null, 8, ErrorCode.None)]
    public async Task A_client_that_means_another_node_is_sent_to_bootstrap_again(string? clusterId, int nodeId, ErrorCode expected)
    {
        await using var node = new PipelineFixture();
        var request = new ApiVersionsRequest { ClientSoftwareName = "a", ClientSoftwareVersion = "1", ClusterId = clusterId, NodeId = nodeId };
        (await Ask(node, 5, request)).ErrorCode.ShouldBe(expected);
    }

    [Fact]
    public async Task A_controller_listener_names_what_controllers_serve()
    {
        await using var node = new PipelineFixture(
            ListenerKind.Controller, authenticator: null, new DescribeClusterProbe((_, _) => new ValueTask<DescribeClusterResponse?>(new DescribeClusterResponse())));
        ApiVersionsResponse response = await Ask(node, 0, new ApiVersionsRequest());
        response.ApiKeys.Select(api => (short)api.ApiKey).ShouldBe(
            node.Handlers.All.Where(handler => (handler.Listeners & ApiListeners.Controller) != 0).Select(handler => (short)handler.ApiKey));
    }

    [Fact]
    public async Task Sasl_is_refused_where_there_is_none_to_do()
    {
        await using var node = new PipelineFixture();
        using TestPeer peer = await node.Connect();
        await peer.Send(PipelineFixture.Frame(ApiKey.SaslHandshake, 1, 1, new SaslHandshakeRequest { Mechanism = "PLAIN" }));
        (await PipelineFixture.Receive<SaslHandshakeResponse>(peer, 1, 1)).ErrorCode.ShouldBe(ErrorCode.IllegalSaslState);
        await peer.Send(PipelineFixture.Frame(ApiKey.SaslAuthenticate, 2, 2, new SaslAuthenticateRequest()));
        (await PipelineFixture.Receive<SaslAuthenticateResponse>(peer, 2, 2)).ErrorCode.ShouldBe(ErrorCode.IllegalSaslState);
    }

    private static async Task<ApiVersionsResponse> Ask(PipelineFixture node, short version, ApiVersionsRequest request)
    {
        using TestPeer peer = await node.Connect();
        await peer.Send(PipelineFixture.Frame(ApiKey.ApiVersions, version, 99, version >= 3 ? request : new ApiVersionsRequest()));
        return await PipelineFixture.Receive<ApiVersionsResponse>(peer, version, 99);
    }
}
