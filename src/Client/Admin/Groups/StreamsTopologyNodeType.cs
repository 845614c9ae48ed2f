namespace Moldau.Client;

/// <summary>What a node of a topology does. The numbers are the protocol's.</summary>
public enum StreamsTopologyNodeType : sbyte
{
    Unknown = 0,
    Source = 1,
    Processor = 2,
    Sink = 3,
}
