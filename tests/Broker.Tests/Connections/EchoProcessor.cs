using System.Buffers;
using System.Buffers.Binary;

namespace Moldau.Broker.Tests;

/// <summary>
/// Answers each frame with its bytes. By API key: 0 echoes at once; 1 waits for <see cref="Release"/> and lets the next requests pass; 2 waits and holds them up; 3 has no answer;
/// 4 breaks the protocol; 5 answers with a million bytes; 6 is not admitted.
/// </summary>
internal sealed class EchoProcessor : IRequestProcessor
{
    private readonly Lock _gate = new();
    private readonly List<PendingRequest> _waiting = [];
    private TaskCompletionSource _changed = new();
    private int _processed;

    /// <summary>What a frame reserves; the frame's size when null.</summary>
    public long? MemoryBytes { get; init; }

    public int Processed => Volatile.Read(ref _processed);

    public Admission Admit(Connection connection, short apiKey, short apiVersion, int frameBytes) =>
        apiKey == 6 ? Admission.Refused("Six: not served here") : Admission.Taken(MemoryBytes ?? frameBytes);

    public void Process(PendingRequest request)
    {
        switch (request.ApiKey)
        {
            case 1 or 2:
                lock (_gate)
                {
                    _waiting.Add(request);
                }

                if (request.ApiKey == 1)
                {
                    request.MarkDispatched();
                }

                break;
            case 3:
                request.Complete(null);
                break;
            case 4:
                request.Abort("a field is wrong");
                break;
            default:
                Answer(request);
                break;
        }

        TaskCompletionSource changed;
        lock (_gate)
        {
            _processed++;
            changed = _changed;
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        changed.TrySetResult();
    }

    public string ApiName(short apiKey) => $"Api{apiKey}";

    /// <summary>Completes when so many requests have been processed in all.</summary>
    public async Task UntilProcessed(int count)
    {
        while (true)
        {
            Task changed;
            lock (_gate)
            {
                if (_processed >= count)
                {
                    return;
                }

                changed = _changed.Task;
            }

            await changed.WaitAsync(TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Answers the waiting request at that place.</summary>
    public void Release(int index)
    {
        PendingRequest request;
        lock (_gate)
        {
            request = _waiting[index];
        }

        Answer(request);
    }

    private static void Answer(PendingRequest request)
    {
        int length = request.ApiKey == 5 ? 1_000_000 : request.Frame.Length;
        byte[] head = ArrayPool<byte>.Shared.Rent(OutgoingFrame.SizeBytes + length);
        BinaryPrimitives.WriteInt32BigEndian(head, -1);
        request.Frame.Span.CopyTo(head.AsSpan(OutgoingFrame.SizeBytes));
        request.Complete(new OutgoingFrame(head, OutgoingFrame.SizeBytes + length));
    }
}
