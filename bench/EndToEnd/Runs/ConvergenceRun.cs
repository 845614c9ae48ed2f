using System.Diagnostics;
using System.Globalization;
using Moldau.EndToEnd.Load;
using Moldau.EndToEnd.Servers;
using Moldau.EndToEnd.Wire;

namespace Moldau.EndToEnd.Runs;

/// <summary>All members join at once; the time until each partition of each group has an owner, or until it has one again after some members left.</summary>
internal sealed class ConvergenceRun(Server server, Workload workload, double seconds) : Run(server, workload, seconds)
{
    private const int MembersPerConnection = 25;
    private const int PauseMs = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private int _run;

    public override Measurement Measure()
    {
        Begin();
        using var client = new KafkaClient(Server.EndPoint);
        string topic = NextTopic(client);
        string[] groups = [.. Enumerable.Range(0, Workload.Groups).Select(index => string.Create(CultureInfo.InvariantCulture, $"{topic}-{_run}-{index}"))];
        _run++;
        Coordinators.Find(client, Coordinators.Group, groups);
        Coordinators.WaitUntilLoaded(client, groups);
        AsyncKafkaClient[] connections = [.. Enumerable.Range(0, Workload.Members / MembersPerConnection).Select(_ => new AsyncKafkaClient(Server.EndPoint))];
        GroupMember[] members = [.. Enumerable.Range(0, Workload.Members).Select(index => new GroupMember(connections[index % connections.Length], groups[index % groups.Length], topic))];
        CancellationTokenSource[] stops = [.. members.Select(_ => new CancellationTokenSource())];
        double tookMs = 0;
        Measurement found = Measure(() =>
        {
            long began = Stopwatch.GetTimestamp();
            Task[] running = [.. members.Select((member, index) => member.RunAsync(stops[index].Token))];
            WaitUntilOwned(members, running);
            if (Workload.MembersLeaving > 0)
            {
                began = Stopwatch.GetTimestamp();
                Leave(members, running, stops);
                WaitUntilOwned(members, running);
            }

            tookMs = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
            Array.ForEach(stops, stop => stop.Cancel());
            Task.WaitAll(running);
            Task.WaitAll(members.Select(member => member.LeaveAsync()).ToArray());
            return new LoadResult(tookMs / 1000, members.Length, 1);
        });
        Array.ForEach(connections, connection => connection.Dispose());
        Array.ForEach(stops, stop => stop.Dispose());
        Topics.Delete(client, topic);
        return found with { Value = tookMs, CpuSecondsPerGb = double.NaN };
    }

    private void Leave(GroupMember[] members, Task[] running, CancellationTokenSource[] stops)
    {
        int[] leaving = [.. Enumerable.Range(0, Workload.MembersLeaving)];
        Array.ForEach(leaving, index => stops[index].Cancel());
        Task.WaitAll(leaving.Select(index => running[index]).ToArray());
        Task.WaitAll(leaving.Select(index => members[index].LeaveAsync()).ToArray());
    }

    private void WaitUntilOwned(GroupMember[] members, Task[] running)
    {
        int wanted = Workload.Groups * Workload.PartitionsPerRequest;
        Until.True(() => IsOwned(members, running, wanted), Patience, PauseMs, () => $"the groups do not converge: {members.Sum(member => member.Owned)} of {wanted} partitions have an owner");
    }

    private static bool IsOwned(GroupMember[] members, Task[] running, int wanted) =>
        Array.Find(running, task => task.IsFaulted) is { } failed ? throw failed.Exception!.GetBaseException() : members.Sum(member => member.Owned) == wanted;
}
