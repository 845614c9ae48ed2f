namespace Moldau.Raft;

/// <summary>
/// Voter sets and kraft.version by the offset where they were written, as a truncation takes the newest back. What was configured or lay in the
/// formatted directory counts as written before offset 0.
/// </summary>
internal sealed class VoterHistory
{
    /// <summary>The offset of what no record of the log has said.</summary>
    public const long NoOffset = -1;

    private readonly VoterSet _configured;
    private readonly List<(long Offset, VoterSet Voters)> _voters = [];
    private readonly List<(long Offset, short Level)> _levels = [];

    public VoterHistory(VoterSet configured)
    {
        _configured = configured;
    }

    public VoterSet Voters => _voters.Count > 0 ? _voters[^1].Voters : _configured;

    /// <summary>Where the newest set was written; null when it was configured.</summary>
    public long? VotersOffset => _voters.Count > 0 ? _voters[^1].Offset : null;

    public short Level => _levels.Count > 0 ? _levels[^1].Level : (short)0;

    public void Add(RaftBatch batch)
    {
        for (int i = 0; i < batch.ControlRecords.Count; i++)
        {
            switch (batch.ControlRecords[i])
            {
                case RaftControlRecord.VotersChange voters:
                    _voters.Add((batch.BaseOffset + i, voters.Set));
                    break;
                case RaftControlRecord.KRaftVersion version:
                    _levels.Add((batch.BaseOffset + i, version.Level));
                    break;
            }
        }
    }

    public void TruncateTo(long endOffset)
    {
        _voters.RemoveAll(entry => entry.Offset >= endOffset);
        _levels.RemoveAll(entry => entry.Offset >= endOffset);
    }

    /// <summary>A snapshot takes the place of everything known.</summary>
    public void ResetTo(OffsetAndEpoch snapshot, VoterSet? voters, short level)
    {
        _voters.Clear();
        _levels.Clear();
        long offset = snapshot == OffsetAndEpoch.Bootstrap ? NoOffset : snapshot.Offset - 1;
        if (voters is not null)
        {
            _voters.Add((offset, voters));
        }
        _levels.Add((offset, level));
    }

    /// <summary>The set and level in force for a snapshot that ends at the offset.</summary>
    public (VoterSet? Voters, short Level) At(long endOffset)
    {
        int voters = _voters.FindLastIndex(entry => entry.Offset < endOffset || entry.Offset == NoOffset);
        int level = _levels.FindLastIndex(entry => entry.Offset < endOffset || entry.Offset == NoOffset);
        return (voters < 0 ? null : _voters[voters].Voters, level < 0 ? (short)0 : _levels[level].Level);
    }
}
