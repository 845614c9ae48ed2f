using Microsoft.Extensions.Logging;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker.Tests;

public sealed class RequestPipelineTests
{
    [Fact]
    public async Task A_handler_that_fails_answers_with_an_error_and_one_line_in_the_log()
    {
        await using var node = Node((_, _) => throw new InvalidOperationException("boom"));
        await Expect(node, ErrorCode.UnknownServerError);
        node.PipelineLog.At(LogLevel.Error).ShouldHaveSingleItem().ShouldContain("DescribeCluster");
    }

    [Fact]
    public async Task A_handler_that_fails_later_answers_with_an_error_too()
    {
        await using var node = Node(async (_, _) =>
        {
            await Task.Yield();
            throw new InvalidOperationException("boom");
        });
        await Expect(node, ErrorCode.UnknownServerError);
    }

    [Fact]
    public async Task A_handler_that_finds_the_request_malformed_closes_the_connection()
    {
        await using var node = Node((_, _) => throw new ProtocolException("no such thing"));
        using TestPeer peer = await node.Connect();
        await peer.Send(Request(1));
        (await peer.IsClosed()).ShouldBeTrue();
        node.ConnectionLog.At(LogLevel.Warning).ShouldHaveSingleItem().ShouldContain("DescribeCluster: no such thing");
        node.PipelineLog.At(LogLevel.Error).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_demanded_on_the_cluster_is_checked_before_the_handler_runs()
    {
        await using var node = Node((_, _) => throw new InvalidOperationException("must not run"));
        node.Denied.Add(AclOperation.Describe);
        await Expect(node, ErrorCode.ClusterAuthorizationFailed);
    }

    [Fact]
    public async Task The_context_says_who_asks_and_what()
    {
        RequestContext? seen = null;
        await using var node = Node((context, _) =>
        {
            seen = context;
            return new ValueTask<DescribeClusterResponse?>(new DescribeClusterResponse());
        });
        await Expect(node, ErrorCode.None);
        seen.ShouldNotBeNull();
        seen.ClientId.ShouldBe("test");
        seen.CorrelationId.ShouldBe(5);
        seen.ApiVersion.ShouldBe((short)1);
        seen.Principal.ToString().ShouldBe("User:ANONYMOUS");
        seen.Listener.Name.ShouldBe("PLAINTEXT");
    }

    [Theory]
    [InlineData((short)60, (short)99, "DescribeCluster: version 99")]
    [InlineData((short)60, (short)-1, "DescribeCluster: version -1")]
    [InlineData((short)3, (short)9, "Metadata: not served")]
    [InlineData((short)999, (short)0, "API 999: not served")]
    [InlineData((short)-7, (short)0, "API -7: not served")]
    public async Task What_is_not_served_closes_the_connection(short key, short version, string reason)
    {
        await using var node = Node((_, _) => new ValueTask<DescribeClusterResponse?>(new DescribeClusterResponse()));
        using TestPeer peer = await node.Connect();
        await peer.Send(0, 0, 0, 8, (byte)(key >> 8), (byte)key, (byte)(version >> 8), (byte)version, 0, 0, 0, 1);
        (await peer.IsClosed()).ShouldBeTrue();
        node.ConnectionLog.At(LogLevel.Warning).ShouldHaveSingleItem().ShouldContain(reason);
    }

    [Fact]
    public async Task A_header_or_body_that_is_cut_closes_the_connection()
    {
        await using var node = Node((_, _) => new ValueTask<DescribeClusterResponse?>(new DescribeClusterResponse()));
        byte[] whole = Request(1);
        for (int length = 12; length < whole.Length; length++)
        {
            using TestPeer peer = await node.Connect();
            byte[] cut = whole[..length];
            cut[3] = (byte)(length - 4);
            await peer.Send(cut);
            (await peer.IsClosed()).ShouldBeTrue($"{length} bytes");
        }

        node.ConnectionLog.At(LogLevel.Warning).Count().ShouldBe(whole.Length - 12);
    }

    [Fact]
    public async Task Nothing_but_authentication_is_taken_before_it()
    {
        await using var node = new PipelineFixture(ListenerKind.Broker, new NobodyYet(), new DescribeClusterProbe((_, _) => throw new InvalidOperationException("must not run")));
        using TestPeer peer = await node.Connect();
        await peer.Send(PipelineFixture.Frame(ApiKey.ApiVersions, 0, 1, new ApiVersionsRequest()));
        (await PipelineFixture.Receive<ApiVersionsResponse>(peer, 0, 1)).ErrorCode.ShouldBe(ErrorCode.None);
        await peer.Send(Request(2));
        (await peer.IsClosed()).ShouldBeTrue();
        using TestPeer large = await node.Connect();
        await large.Send(0, 8, 0, 1);
        (await large.IsClosed()).ShouldBeTrue();
        node.ConnectionLog.At(LogLevel.Warning).ShouldContain(line => line.Contains("524289") && line.Contains("524288"));
    }

    [Fact]
    public void Handlers_that_contradict_the_protocol_or_each_other_are_refused()
    {
        var probe = new DescribeClusterProbe((_, _) => throw new InvalidOperationException());
        Should.Throw<ArgumentException>(() => new RequestHandlerRegistry([probe, probe])).Message.ShouldContain("DescribeCluster");
    }

    private static PipelineFixture Node(Func<RequestContext, DescribeClusterRequest, ValueTask<DescribeClusterResponse?>> handle) =>
        new(ListenerKind.Broker, authenticator: null, new DescribeClusterProbe(handle));

    private static byte[] Request(int correlationId) => PipelineFixture.Frame(ApiKey.DescribeCluster, 1, correlationId, new DescribeClusterRequest());

    private static async Task Expect(PipelineFixture node, ErrorCode expected)
    {
        using TestPeer peer = await node.Connect();
        await peer.Send(Request(5));
        (await PipelineFixture.Receive<DescribeClusterResponse>(peer, 1, 5)).ErrorCode.ShouldBe(expected);
        await peer.Send(PipelineFixture.Frame(ApiKey.ApiVersions, 0, 6, new ApiVersionsRequest()));
        (await PipelineFixture.Receive<ApiVersionsResponse>(peer, 0, 6)).ErrorCode.ShouldBe(ErrorCode.None);
    }

    private sealed class NobodyYet : IConnectionAuthenticator
    {
        public bool IsAuthenticated => false;

        public KafkaPrincipal Principal => KafkaPrincipal.Anonymous;
    }
}
