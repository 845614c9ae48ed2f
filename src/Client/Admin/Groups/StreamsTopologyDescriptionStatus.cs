namespace Moldau.Client;

/// <summary>Whether a streams group's topology could be told. The numbers are the protocol's.</summary>
public enum StreamsTopologyDescriptionStatus : sbyte
{
    NotRequested = 0,
    NotStored = 1,
    Error = 2,
    Available = 3,
}
