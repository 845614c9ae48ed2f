namespace Moldau.Controller;

/// <summary>How far a change of a partition may go to find a leader.</summary>
public enum Election
{
    /// <summary>The preferred replica when it can, else as <see cref="Online"/>.</summary>
    Preferred,

    /// <summary>Keep the leader when it can lead, else take one that loses nothing.</summary>
    Online,

    /// <summary>As <see cref="Online"/>, but rather any live replica than no leader: records may be lost.</summary>
    Unclean,
}
