using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Runtime;

namespace Moldau.Client.Tests;

public class BrokerConnectionTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Responses_go_to_their_requests_in_order()
    {
        var network = new MemoryNetwork();
        using var broker = new ScriptedBroker(network, (request, _) => new InitProducerIdResponse { ProducerId = ((InitProducerIdRequest)request).TransactionTimeoutMs });
        using BrokerConnection connection = await BrokerConnection.ConnectAsync(TestOptions.On(network), "broker", 9092, 1, Cancellation);

        Task<InitProducerIdResponse>[] calls = [.. Enumerable.Range(0, 100).Select(number =>
            connection.CallAsync<InitProducerIdResponse>(new InitProducerIdRequest { TransactionTimeoutMs = number }, TimeSpan.FromSeconds(30), Cancellation))];
        InitProducerIdResponse[] responses = await Task.WhenAll(calls);

        responses.Select(response => (long)response.ProducerId).ShouldBe(Enumerable.Range(0, 100).Select(number => (long)number));
    }

    [Fact]
    public async Task A_request_without_an_answer_ends_the_connection_when_its_time_has_passed()
    {
        var time = new ManualTimeProvider();
        var network = new MemoryNetwork();
        using var broker = new ScriptedBroker(network, (_, _) => null);
        using BrokerConnection connection = await BrokerConnection.ConnectAsync(TestOptions.On(network, time), "broker", 9092, 1, Cancellation);

        Task<ListGroupsResponse> first = connection.CallAsync<ListGroupsResponse>(new ListGroupsRequest(), TimeSpan.FromSeconds(30), Cancellation);
        time.Advance(TimeSpan.FromSeconds(20));
        Task<ListGroupsResponse> second = connection.CallAsync<ListGroupsResponse>(new ListGroupsRequest(), TimeSpan.FromSeconds(30), Cancellation);
        first.IsCompleted.ShouldBeFalse();
        time.Advance(TimeSpan.FromSeconds(10));

        (await Should.ThrowAsync<DisconnectedException>(first)).Code.ShouldBe(ErrorCode.RequestTimedOut);
        await Should.ThrowAsync<DisconnectedException>(second);
        connection.IsOpen.ShouldBeFalse();
    }

    [Fact]
    public async Task A_call_given_up_does_not_disturb_those_behind_it()
    {
        var network = new MemoryNetwork();
        using var broker = new ScriptedBroker(network, (request, _) => new InitProducerIdResponse { ProducerId = ((InitProducerIdRequest)request).TransactionTimeoutMs });
        using BrokerConnection connection = await BrokerConnection.ConnectAsync(TestOptions.On(network), "broker", 9092, 1, Cancellation);
        using var impatient = new CancellationTokenSource();
        var held = new TaskCompletionSource();
        broker.Hold = held.Task;

        Task<InitProducerIdResponse> given = connection.CallAsync<InitProducerIdResponse>(new InitProducerIdRequest { TransactionTimeoutMs = 1 }, TimeSpan.FromSeconds(30), impatient.Token);
        await impatient.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(given);
        held.SetResult();
        InitProducerIdResponse next = await connection.CallAsync<InitProducerIdResponse>(new InitProducerIdRequest { TransactionTimeoutMs = 2 }, TimeSpan.FromSeconds(30), Cancellation);

        ((long)next.ProducerId).ShouldBe(2);
    }

    [Fact]
    public async Task A_broker_that_closes_fails_what_waits_and_what_comes()
    {
        var network = new MemoryNetwork();
        using var broker = new ScriptedBroker(network, (_, _) => null);
        using BrokerConnection connection = await BrokerConnection.ConnectAsync(TestOptions.On(network), "broker", 9092, 7, Cancellation);
        Task<ListGroupsResponse> waiting = connection.CallAsync<ListGroupsResponse>(new ListGroupsRequest(), TimeSpan.FromSeconds(30), Cancellation);

        broker.CloseConnections();

        (await Should.ThrowAsync<DisconnectedException>(waiting)).Message.ShouldContain("broker 7 at broker:9092");
        await Should.ThrowAsync<DisconnectedException>(connection.CallAsync<ListGroupsResponse>(new ListGroupsRequest(), TimeSpan.FromSeconds(30), Cancellation));
    }

    [Fact]
    public async Task Nothing_that_listens_is_a_disconnection_that_names_the_address()
    {
        DisconnectedException refused = await Should.ThrowAsync<DisconnectedException>(BrokerConnection.ConnectAsync(TestOptions.On(new MemoryNetwork()), "nowhere", 1, -1, Cancellation));

        refused.IsRetriable.ShouldBeTrue();
        refused.Message.ShouldContain("nowhere:1");
    }
}
