namespace Moldau.Client;

/// <summary>Waits for a response as a task, whose continuations run on the thread pool.</summary>
internal sealed class ResponseWaiter() : TaskCompletionSource<ResponseLease>(TaskCreationOptions.RunContinuationsAsynchronously), IResponseReceiver
{
    /// <summary>Hands the response over, or gives it back when nobody waits any more.</summary>
    public void Complete(byte[] frame, int length, int bodyStart, short version)
    {
        var lease = new ResponseLease(frame, length, bodyStart, version);
        if (!TrySetResult(lease))
        {
            lease.Dispose();
        }
    }

    public void Fail(KafkaException failure) => TrySetException(failure);
}
