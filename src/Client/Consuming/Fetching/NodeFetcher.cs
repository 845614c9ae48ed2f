using System.Buffers;
using Moldau.Core;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>
/// What is fetched from one broker: its session, the request under way, what its answer is on the way to. Its loop runs as long as the consumer, and sleeps while there is nothing to ask for;
/// all objects are used again. Under the consumer's gate, but for what the loop alone uses: connection, exchange, work.
/// </summary>
internal sealed class NodeFetcher(int nodeId)
{
    private byte[]? _body;
    private FetchAnswer? _expected;

    public int NodeId => nodeId;

    public FetchSession Session { get; } = new();

    /// <summary>Whether it was begun.</summary>
    public bool HasLoop { get; set; }

    /// <summary>Whether its loop runs; else it waits for <see cref="Wakes"/>.</summary>
    public bool IsBusy { get; set; }

    public WakeSignal Wakes { get; } = new();

    /// <summary>Failures in a row; the next attempt waits by them.</summary>
    public int Failures { get; set; }

    public long RetryAtMs { get; set; }

    /// <summary>The number of the request: what of an answer was not asked for by it is not taken.</summary>
    public long Round { get; set; }

    /// <summary>What the request asks for.</summary>
    public List<(TopicPartition Partition, FetchTarget Target)> Wanted { get; } = [];

    public FetchRequest Request { get; } = new();

    /// <summary>The connection that the last request went over.</summary>
    public BrokerConnection? Connection { get; set; }

    public FetchExchange Exchange { get; } = new();

    /// <summary>What has come, and is to be made ready.</summary>
    public List<FetchedPart> Work { get; } = [];

    public AbortedTransactions Aborted { get; } = new();

    /// <summary>A request is ready to be sent.</summary>
    /// <param name="body">Its body, in an array of the shared pool.</param>
    /// <param name="length">How many bytes of it are the body's.</param>
    /// <param name="answer">What takes its response.</param>
    public void Expect(byte[] body, int length, FetchAnswer answer)
    {
        _body = body;
        _expected = answer;
        Exchange.Begin(body.AsMemory(0, length), answer);
    }

    /// <summary>The exchange is over: its body goes back to the pool. The answer is now the caller's, to use or let go; null when there was no exchange.</summary>
    public FetchAnswer? EndExchange()
    {
        if (_body is not null)
        {
            ArrayPool<byte>.Shared.Return(_body);
            _body = null;
        }

        var answer = _expected;
        _expected = null;
        return answer;
    }
}
