using System.Buffers;

namespace Moldau.Broker.Tests;

/// <summary>Echoes, and throttles after each request.</summary>
internal sealed class ThrottlingProcessor(long throttleMs) : IRequestProcessor
{
    private int _processed;

    public int Processed => Volatile.Read(ref _processed);

    public Admission Admit(Connection connection, short apiKey, short apiVersion, int frameBytes) => Admission.Taken(frameBytes);

    public void Process(PendingRequest request)
    {
        Interlocked.Increment(ref _processed);
        byte[] head = ArrayPool<byte>.Shared.Rent(OutgoingFrame.SizeBytes + request.Frame.Length);
        request.Frame.Span.CopyTo(head.AsSpan(OutgoingFrame.SizeBytes));
        request.ThrottleMs = throttleMs;
        request.Complete(new OutgoingFrame(head, OutgoingFrame.SizeBytes + request.Frame.Length));
    }

    public string ApiName(short apiKey) => $"Api{apiKey}";
}
