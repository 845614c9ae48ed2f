namespace Moldau.Records;

/// <summary>Who wants records appended to a leader's log: what each may write differs.</summary>
public enum AppendOrigin
{
    /// <summary>A client's Produce request. No control records; exactly one batch at base offset 0.</summary>
    Client,

    /// <summary>A group, share or transaction coordinator of this broker; the transaction coordinator's markers too.</summary>
    Coordinator,

    /// <summary>The leader of the metadata quorum, which sets leader epochs itself.</summary>
    RaftLeader,
}
