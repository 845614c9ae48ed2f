using System.Threading.Tasks.Sources;

namespace Moldau.Client;

/// <summary>
/// The fetch request that is under way to one broker, and its response. The object is used again for the next one, and nothing is allocated for a request. Used by the one loop of its broker; the
/// connection tells it of the response on any thread.
/// </summary>
internal sealed class FetchExchange : IResponseReceiver, IValueTaskSource<FetchAnswer>
{
    private readonly ReadOnlyMemory<byte>[] _pieces = new ReadOnlyMemory<byte>[1];
    private ManualResetValueTaskSourceCore<FetchAnswer> _source = new() { RunContinuationsAsynchronously = true };
    private FetchAnswer _answer = null!;

    /// <summary>The request's body, for the connection.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Body => _pieces;

    /// <summary>Before a request is sent: its body, and what takes its response.</summary>
    public void Begin(ReadOnlyMemory<byte> body, FetchAnswer answer)
    {
        _pieces[0] = body;
        _answer = answer;
        _source.Reset();
    }

    /// <summary>The response; awaited once for each request.</summary>
    /// <exception cref="KafkaException">There will be none.</exception>
    public ValueTask<FetchAnswer> ResponseAsync() => new(this, _source.Version);

    byte[] IResponseReceiver.Rent(int sizeBytes) => _answer.Rent(sizeBytes);

    void IResponseReceiver.Complete(byte[] frame, int length, int bodyStart, short version)
    {
        _answer.Take(frame, length, bodyStart, version);
        _source.SetResult(_answer);
    }

    void IResponseReceiver.Fail(KafkaException failure) => _source.SetException(failure);

    FetchAnswer IValueTaskSource<FetchAnswer>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<FetchAnswer>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<FetchAnswer>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
