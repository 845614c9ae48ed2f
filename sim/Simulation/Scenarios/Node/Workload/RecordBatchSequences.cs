using Moldau.Records;

namespace Moldau.Simulation;

/// <summary>Takes the sequences out of batches: then the node cannot know that it has them already.</summary>
internal static class RecordBatchSequences
{
    public static void Remove(List<SentBatch> batches)
    {
        for (int i = 0; i < batches.Count; i++)
        {
            SentBatch batch = batches[i];
            using var builder = new RecordBatchBuilder();
            builder.Begin(new RecordBatchOptions());
            foreach (SentRecord record in batch.Records)
            {
                builder.Append(record.Timestamp, System.Text.Encoding.ASCII.GetBytes(record.Key), System.Text.Encoding.ASCII.GetBytes(record.Value!));
            }

            batches[i] = batch with { Bytes = builder.BuildArray() };
        }
    }
}
