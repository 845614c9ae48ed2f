using Moldau.Protocol.MetadataRecords;

namespace Moldau.Metadata;

/// <summary>Where the next block of producer ids starts (KIP-730).</summary>
public readonly record struct ProducerIdsImage(long NextProducerId)
{
    /// <summary>No block has been given out yet.</summary>
    public static readonly ProducerIdsImage Empty = new(-1);

    public void WriteTo(IMetadataRecordWriter writer)
    {
        if (NextProducerId >= 0)
        {
            writer.Write(new(new ProducerIdsRecord { BrokerId = -1, BrokerEpoch = -1, NextProducerId = NextProducerId }, 0));
        }
    }
}
