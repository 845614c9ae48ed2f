namespace Moldau.Simulation;

/// <summary>A batch as it was appended; record number i has offset First + i and timestamp Timestamp + i.</summary>
internal sealed record OracleBatch(long First, long Last, byte[] Bytes, long Timestamp, long ProducerId, short Epoch, int BaseSequence)
{
    public long MaxTimestamp => Timestamp + (Last - First);

    public int LastSequence => Wrap(BaseSequence, (int)(Last - First));

    /// <summary>Sequences go from 2^31-1 to 0.</summary>
    public static int Wrap(int sequence, int by) => (int)((sequence + (long)by) & int.MaxValue);
}
