namespace Moldau.Records;

/// <summary>Decides what compaction keeps. Each batch is asked for once, and then each of its records once, in their order.</summary>
public interface IRecordRetention
{
    /// <summary>
    /// What happens to the batch; <paramref name="isMarkerOfEmptyTransaction"/> when it holds the marker of a transaction of which no record is left, so
    /// that the marker may go once the delete horizon has passed.
    /// </summary>
    BatchRetention Check(RecordBatchHeader batch, out bool isMarkerOfEmptyTransaction);

    /// <summary>Whether the record stays.</summary>
    bool ShouldRetain(RecordBatchHeader batch, scoped in RecordView record);
}
