using System.Diagnostics.CodeAnalysis;
using Moldau.Broker;
using Moldau.Protocol;

namespace Moldau.Testing;

/// <summary>
/// What goes wrong with a node under test, and when. Rules about requests strike the next ones of their API that reach a handler, the oldest rule first, one rule for each request; they outlive
/// stops, crashes and starts. Any thread may call it.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Nobody asks for its wait handle, so that it holds nothing of the system; it lives as long as the node under test.")]
public sealed class NodeFaults : IRequestInterceptor
{
    /// <summary>As the number of times: until the rule is disposed.</summary>
    public const int Always = int.MaxValue;

    private readonly Lock _gate = new();
    private readonly List<RequestFault> _rules = [];
    private readonly TimeProvider _time;
    private volatile bool _isEmpty = true;
    private volatile CancellationTokenSource _stopping = new();

    internal NodeFaults(TimeProvider time)
    {
        _time = time;
        Network = new NetworkFaults(time);
    }

    /// <summary>Connections: cut, refused, slow.</summary>
    public NetworkFaults Network { get; }

    /// <summary>The disk: full, slow, broken.</summary>
    public DiskFaults Disk { get; } = new();

    /// <summary>
    /// Answers the next requests of an API with an error, without doing what they ask for: in the places where Apache Kafka puts such an error, for all partitions, topics or groups that a request
    /// names. Where the response has no place for it, and for produce requests with acks=0, the connection is closed.
    /// </summary>
    /// <param name="api">Which requests.</param>
    /// <param name="error">What they are answered.</param>
    /// <param name="times">How many of them, or <see cref="Always"/>.</param>
    /// <param name="clientId">Only those of this client id; null for all.</param>
    public RequestFault Fail(ApiKey api, ErrorCode error, int times = 1, string? clientId = null) =>
        Add(new RequestFault(this, RequestFaultKind.Fail, api, times, clientId) { Error = error });

    /// <summary>Serves the next requests of an API later, by the node's clock; null for those of any API. What the same connection sends after them waits as well.</summary>
    public RequestFault Delay(ApiKey? api, TimeSpan by, int times = 1, string? clientId = null) =>
        Add(new RequestFault(this, RequestFaultKind.Delay, api, times, clientId) { DelayBy = by });

    /// <summary>Serves the next requests of an API at once and answers them later, by the node's clock.</summary>
    public RequestFault DelayAnswer(ApiKey? api, TimeSpan by, int times = 1, string? clientId = null) =>
        Add(new RequestFault(this, RequestFaultKind.DelayAnswer, api, times, clientId) { DelayBy = by });

    /// <summary>Cuts the connection when the next requests of an API come, before anything is done for them.</summary>
    public RequestFault LoseRequest(ApiKey api, int times = 1, string? clientId = null) => Add(new RequestFault(this, RequestFaultKind.LoseRequest, api, times, clientId));

    /// <summary>Serves the next requests of an API and cuts the connection in place of an answer: the client cannot know that they had their effect.</summary>
    public RequestFault LoseAnswer(ApiKey api, int times = 1, string? clientId = null) => Add(new RequestFault(this, RequestFaultKind.LoseAnswer, api, times, clientId));

    /// <summary>Never answers the next requests of an API, as a node that hangs: nor what the same connection sends after them.</summary>
    public RequestFault Hang(ApiKey api, int times = 1, string? clientId = null) => Add(new RequestFault(this, RequestFaultKind.Hang, api, times, clientId));

    /// <summary>Takes back all rules, and heals network and disk.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _rules.Clear();
            _isEmpty = true;
        }

        Network.Heal();
        Disk.Heal();
    }

    /// <summary>The node's side: called for each request.</summary>
    ValueTask<OutgoingFrame?> IRequestInterceptor.RespondAsync(RequestContext context)
    {
        if (_isEmpty || Take(context) is not { } fault)
        {
            return context.Handler.RespondAsync(context);
        }

        return fault.Kind == RequestFaultKind.Fail ? new(context.Handler.Refuse(context, fault.Error)) : StrikeAsync(context, fault);
    }

    /// <summary>A node starts: from here on requests may be held.</summary>
    internal void OnStarting() => _stopping = new CancellationTokenSource();

    /// <summary>The node stops: what is held is let go, so that it does not hold the stop.</summary>
    internal void OnStopping() => _stopping.Cancel();

    internal void Remove(RequestFault rule)
    {
        lock (_gate)
        {
            _rules.Remove(rule);
            _isEmpty = _rules.Count == 0;
        }
    }

    private RequestFault Add(RequestFault rule)
    {
        lock (_gate)
        {
            _rules.Add(rule);
            _isEmpty = false;
        }

        return rule;
    }

    private RequestFault? Take(RequestContext context)
    {
        lock (_gate)
        {
            foreach (var rule in _rules)
            {
                if (!rule.Strikes(context, out var isSpent))
                {
                    continue;
                }

                if (isSpent)
                {
                    _rules.Remove(rule);
                    _isEmpty = _rules.Count == 0;
                }

                return rule;
            }
        }

        return null;
    }

    /// <summary>Runs on the node's scheduler, and stays there.</summary>
#pragma warning disable CA2007
    private async ValueTask<OutgoingFrame?> StrikeAsync(RequestContext context, RequestFault fault)
    {
        switch (fault.Kind)
        {
            case RequestFaultKind.LoseRequest:
                throw new ProtocolException($"{context.ApiKey}: a fault was injected, the request is lost");
            case RequestFaultKind.Hang:
                await HoldAsync(context, Timeout.InfiniteTimeSpan);
                return null;
            case RequestFaultKind.Delay:
                await HoldAsync(context, fault.DelayBy);
                return await context.Handler.RespondAsync(context);
            default:
                return await AnswerAsync(context, fault);
        }
    }

    private async ValueTask<OutgoingFrame?> AnswerAsync(RequestContext context, RequestFault fault)
    {
        var answer = await context.Handler.RespondAsync(context);
        if (fault.Kind == RequestFaultKind.DelayAnswer)
        {
            try
            {
                await HoldAsync(context, fault.DelayBy);
            }
            catch (ProtocolException)
            {
                answer?.Dispose();
                throw;
            }

            return answer;
        }

        answer?.Dispose();
        throw new ProtocolException($"{context.ApiKey}: a fault was injected, the answer is lost");
    }

    private async Task HoldAsync(RequestContext context, TimeSpan delay)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.Cancellation, _stopping.Token);
        try
        {
            await Task.Delay(delay, _time, either.Token);
        }
        catch (OperationCanceledException)
        {
            throw new ProtocolException($"{context.ApiKey}: held by an injected fault until the connection or the node ended");
        }
    }
#pragma warning restore CA2007
}
