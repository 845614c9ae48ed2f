namespace Moldau.Records;

/// <summary>What a control record is: the number in its key. Numbers without a name here are of later versions; readers skip them.</summary>
public enum ControlRecordType : short
{
    Abort = 0,
    Commit = 1,
    LeaderChange = 2,
    SnapshotHeader = 3,
    SnapshotFooter = 4,
    KRaftVersion = 5,
    KRaftVoters = 6,
}
