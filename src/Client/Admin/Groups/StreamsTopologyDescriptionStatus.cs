namespace Moldau.Client;

/// <summary>Whether a streams group's topology could be told. The numbers are the protocol's.</summary>
public enum StreamsTopologyDescriptionStatus : sbyte
{
    /// <summary>It was not asked for.</summary>
    NotRequested = 0,

    /// <summary>The group has not told it, or the broker has nowhere to keep it.</summary>
    NotStored = 1,

    /// <summary>The broker keeps it and could not read it.</summary>
    Error = 2,

    /// <summary>It is there.</summary>
    Available = 3,
}
