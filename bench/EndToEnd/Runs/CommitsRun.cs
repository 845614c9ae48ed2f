using System.Diagnostics;
using System.Globalization;
using Moldau.EndToEnd.Load;
using Moldau.EndToEnd.Servers;
using Moldau.EndToEnd.Wire;
using Moldau.Protocol;

namespace Moldau.EndToEnd.Runs;

/// <summary>Offset commits, one group for each connection.</summary>
internal sealed class CommitsRun(Server server, Workload workload, double seconds) : Run(server, workload, seconds)
{
    public override Measurement Measure()
    {
        Begin();
        using var client = new KafkaClient(Server.EndPoint);
        string topic = NextTopic(client);
        string[] groups = [.. Enumerable.Range(0, Workload.Connections).Select(index => string.Create(CultureInfo.InvariantCulture, $"{topic}-{index}"))];
        Coordinators.Find(client, Coordinators.Group, groups);
        Coordinators.WaitUntilLoaded(client, groups);
        Measurement found = Measure(() => Commit(topic, groups));
        Topics.Delete(client, topic);
        return found;
    }

    private LoadResult Commit(string topic, string[] groups)
    {
        byte[][] requests = [.. groups.Select(group => KafkaClient.Frame(ApiKey.OffsetCommit, CommitRequests.Version, CommitRequests.Of(group, topic, Workload.PartitionsPerRequest), 16 * 1024))];
        RequestConnection[] connections = [.. requests.Select(request => new RequestConnection(KafkaClient.Connect(Server.EndPoint), request, depth: 1, CommitRequests.Check))];
        long began = Stopwatch.GetTimestamp();
        long deadline = began + (long)(Seconds * Stopwatch.Frequency);
        Task.WaitAll(connections.Select(connection => connection.RunAsync(deadline, int.MaxValue)).ToArray());
        double elapsed = Stopwatch.GetElapsedTime(began).TotalSeconds;
        long answered = connections.Sum(connection => (long)connection.Answered);
        Array.ForEach(connections, connection => connection.Dispose());
        return new LoadResult(elapsed, answered, answered * requests[0].Length);
    }
}
