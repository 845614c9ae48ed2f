using Moldau.Controller;
using Moldau.Coordination;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Broker;

/// <summary>Hands out producer ids from blocks of the controller's (KIP-730). Ids of a block that was not used up when the node stops are never used.</summary>
public sealed class ProducerIdBlocks(QuorumController controller, MetadataLoader loader, int brokerId) : IProducerIdSource, IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private long _next;
    private long _end;

    /// <inheritdoc />
    public async ValueTask<(ErrorCode Error, long ProducerId)> NextAsync()
    {
        await _turn.WaitAsync();
        try
        {
            if (_next == _end)
            {
                var error = await AllocateAsync();
                if (error != ErrorCode.None)
                {
                    return (error, -1);
                }
            }

            return (ErrorCode.None, _next++);
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async ValueTask<ErrorCode> AllocateAsync()
    {
        var request = new AllocateProducerIdsRequest { BrokerId = brokerId, BrokerEpoch = loader.Image.Cluster.Broker(brokerId)?.Epoch ?? -1 };
        var reply = await controller.SubmitAsync((image, control) => ProducerIdManager.Allocate(image, request, control), RequestOptions.Default);
        if (reply.IsError || reply.Response!.ErrorCode != ErrorCode.None)
        {
            // As Kafka: whatever kept the controller from answering, the client comes again.
            return ErrorCode.CoordinatorLoadInProgress;
        }

        _next = reply.Response.ProducerIdStart;
        _end = _next + reply.Response.ProducerIdLen;
        return ErrorCode.None;
    }
}
