using Moldau.Core;
using Moldau.Records;

namespace Moldau.Client;

/// <summary>Cuts a batch that the broker found too large into two, by bytes. Pure.</summary>
internal static class BatchSplitter
{
    /// <summary>The parts: each has at least one record, the same age, order and attempts, and the deliveries of its records. The batch must have two records or more.</summary>
    public static List<ProducerBatch> Split(ProducerBatch batch)
    {
        Invariant.That(batch.RecordsCount > 1);
        ReadOnlySpan<byte> plain = batch.Buffer.AsSpan(0, batch.PlainSizeBytes);
        int half = RecordBatchLayout.HeaderBytes + ((plain.Length - RecordBatchLayout.HeaderBytes) / 2);
        int firstCount = 0;
        int at = RecordBatchLayout.HeaderBytes;
        while (firstCount < batch.RecordsCount - 1 && (firstCount == 0 || at < half))
        {
            int prefix = VarInt.ReadSigned32(plain[at..], out int bodySize);
            at += prefix + bodySize;
            firstCount++;
        }

        return [Part(batch, 0, firstCount), Part(batch, firstCount, batch.RecordsCount)];
    }

    private static ProducerBatch Part(ProducerBatch batch, int from, int to)
    {
        // Deltas can grow by a few bytes in another batch, never by more than their longest forms.
        byte[] buffer = new byte[batch.PlainSizeBytes + ((to - from) * VarInt.SizeMax64)];
        var part = new ProducerBatch();
        part.Begin(batch.Queue, batch.Epoch, buffer, buffer.Length, batch.CreatedMs);
        part.IsSplit = true;
        part.IsClosed = true;
        part.Order = batch.Order;
        part.Attempts = batch.Attempts;
        int delivery = 0;
        ReadOnlySpan<Delivery> deliveries = batch.Deliveries;
        foreach (BatchRecord record in new BatchRecords(batch))
        {
            while (delivery < deliveries.Length && deliveries[delivery].Index < record.Index)
            {
                delivery++;
            }

            if (record.Index < from || record.Index >= to)
            {
                continue;
            }

            bool isAwaited = delivery < deliveries.Length && deliveries[delivery].Index == record.Index;
            bool fits = part.TryAppendRaw(record.Timestamp, record.AfterDeltas);
            Invariant.That(fits);
            if (isAwaited)
            {
                part.AddDelivery(deliveries[delivery++], record.Timestamp);
            }
        }

        return part;
    }
}
