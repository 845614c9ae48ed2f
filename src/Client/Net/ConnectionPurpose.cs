namespace Moldau.Client;

/// <summary>What a connection to a broker is for: requests that wait at the broker must not hold up others.</summary>
internal enum ConnectionPurpose
{
    /// <summary>Short requests, and the producer's.</summary>
    General,

    /// <summary>Fetches, which wait for records.</summary>
    Fetch,

    /// <summary>Heartbeats, joins and commits.</summary>
    Coordinator,
}
