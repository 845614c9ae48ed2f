namespace Moldau.Client;

/// <summary>What a node of a topology does. The numbers are the protocol's.</summary>
public enum StreamsTopologyNodeType : sbyte
{
    /// <summary>The broker tells of one that this client does not know.</summary>
    Unknown = 0,

    /// <summary>It reads topics.</summary>
    Source = 1,

    /// <summary>It works on what comes from the nodes before it, in the application's code.</summary>
    Processor = 2,

    /// <summary>It writes to a topic.</summary>
    Sink = 3,
}
