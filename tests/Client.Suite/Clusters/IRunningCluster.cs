using Moldau.Runtime;

namespace Moldau.Client.Suite;

/// <summary>A cluster that was started for the tests; disposing stops it and removes what it left.</summary>
internal interface IRunningCluster : IAsyncDisposable
{
    string BootstrapServers { get; }

    /// <summary>By which clients reach it.</summary>
    INetwork Network { get; }
}
