using System.Runtime.CompilerServices;

namespace Moldau.Client;

/// <summary>
/// One produce request and what came of it. It is done when its bytes are the system's and its response is here, in either order; then the sender gets it back. The objects are used again.
/// </summary>
internal sealed class ProduceExchange : IResponseReceiver
{
    private readonly Sender _sender;
    private readonly Action _onSent;
    private ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _sending;
    private int _openParts;

    public ProduceExchange(Sender sender)
    {
        _sender = sender;
        _onSent = () =>
        {
            _sending.GetResult();
            Sent();
        };
    }

    public NodeState Node { get; set; } = null!;

    public BrokerConnection Connection { get; set; } = null!;

    public short Version { get; set; }

    public List<ProducerBatch> Batches { get; } = [];

    /// <summary>The body in pieces: what describes the batches, and they themselves.</summary>
    public List<ReadOnlyMemory<byte>> Pieces { get; } = [];

    /// <summary>What describes the batches, in an array of the shared pool.</summary>
    public byte[]? Frame { get; set; }

    public long SentMs { get; set; }

    /// <summary>The response; empty when none is expected, or none came.</summary>
    public ResponseLease Response { get; } = new();

    public KafkaException? Failure { get; set; }

    /// <summary>Before it is sent: whether a response is one of the things to wait for.</summary>
    public void Begin(bool expectsResponse) => _openParts = expectsResponse ? 2 : 1;

    /// <summary>The connection needs its bytes no more when this has ended, which is mostly at once.</summary>
    public void EndWhen(ValueTask sending)
    {
        _sending = sending.ConfigureAwait(false).GetAwaiter();
        if (_sending.IsCompleted)
        {
            _onSent();
        }
        else
        {
            _sending.UnsafeOnCompleted(_onSent);
        }
    }

    /// <summary>The connection needs its bytes no more.</summary>
    public void Sent() => EndPart(isResponse: false);

    public void Complete(byte[] frame, int length, int bodyStart, short version)
    {
        Response.Take(frame, length, bodyStart, version);
        EndPart(isResponse: true);
    }

    public void Fail(KafkaException failure)
    {
        Failure = failure;
        EndPart(isResponse: false);
    }

    /// <summary>The thread that has read a response goes on with the sender's work itself, when that sleeps: waking another one for it would take longer than the work.</summary>
    private void EndPart(bool isResponse)
    {
        if (Interlocked.Decrement(ref _openParts) == 0)
        {
            _sender.TakeBack(this, isInline: isResponse);
        }
    }
}
