using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Controller;

/// <summary>Blocks of producer ids for brokers (KIP-730). Pure.</summary>
public static class ProducerIdManager
{
    public const int BlockSize = 1000;

    public static ControllerResult<AllocateProducerIdsResponse> Allocate(MetadataImage image, AllocateProducerIdsRequest request, ControlContext context)
    {
        ApiError stale = ClusterManager.CheckEpoch(image, request.BrokerId, request.BrokerEpoch);
        if (stale.IsError)
        {
            return ControllerResult<AllocateProducerIdsResponse>.Answer(new() { ErrorCode = stale.Code });
        }

        long start = Math.Max(0, image.ProducerIds.NextProducerId);
        if (start > long.MaxValue - BlockSize)
        {
            return ControllerResult<AllocateProducerIdsResponse>.Answer(new() { ErrorCode = ErrorCode.UnknownServerError });
        }

        var record = new ProducerIdsRecord { BrokerId = request.BrokerId, BrokerEpoch = request.BrokerEpoch, NextProducerId = start + BlockSize };
        return new([new(record, 0)], new AllocateProducerIdsResponse { ProducerIdStart = start, ProducerIdLen = BlockSize });
    }
}
