namespace Moldau.Coordination;

/// <summary>The protocol that the members of a group speak.</summary>
public enum GroupType
{
    Unknown,
    Classic,
    Consumer,
    Share,
    Streams,
}
