using Moldau.Runtime;

namespace Moldau.Broker;

/// <summary>A connection's place on the timing wheel.</summary>
internal sealed class ConnectionWatch(Connection connection) : WheelEntry
{
    protected override void OnDeadline() => connection.CheckDeadlines();
}
