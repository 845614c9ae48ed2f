using Moldau.Protocol;

namespace Moldau.Client;

/// <summary>A request that was sent and waits for its response.</summary>
internal sealed class PendingRequest(ApiInfo api, short version, int correlationId, long deadline)
    : TaskCompletionSource<ResponseLease>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    public ApiInfo Api => api;

    public short Version => version;

    public int CorrelationId => correlationId;

    /// <summary>As a timestamp of the client's clock.</summary>
    public long Deadline => deadline;

    /// <summary>Hands the response over, or gives it back when nobody waits any more.</summary>
    public void Complete(ResponseLease lease)
    {
        if (!TrySetResult(lease))
        {
            lease.Dispose();
        }
    }
}
