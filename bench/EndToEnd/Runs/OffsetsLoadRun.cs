using System.Diagnostics;
using System.Globalization;
using Moldau.EndToEnd.Load;
using Moldau.EndToEnd.Servers;
using Moldau.EndToEnd.Wire;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.EndToEnd.Runs;

/// <summary>A million committed offsets: from exec until every group's are read, which waits for the coordinators to load.</summary>
internal sealed class OffsetsLoadRun(Server server, Workload workload, double seconds) : Run(server, workload, seconds)
{
    private const short FetchVersion = 8;
    private const int PauseMs = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private readonly string _topic = workload.Name;
    private bool _isFilled;

    public override Measurement Measure()
    {
        if (!_isFilled)
        {
            Begin();
            Fill();
            _isFilled = true;
        }

        Server.Stop();
        long began = Stopwatch.GetTimestamp();
        Server.Start();
        ReadAll();
        double tookMs = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        return new Measurement(tookMs, double.NaN, ProcessUsage.CpuSeconds(Server.ProcessId) * 1e6, ProcessUsage.RssBytes(Server.ProcessId));
    }

    private string Group(int index) => string.Create(CultureInfo.InvariantCulture, $"{_topic}-{index}");

    private void Fill()
    {
        using var client = new KafkaClient(Server.EndPoint);
        Topics.Create(client, _topic, Workload.PartitionsPerRequest);
        string[] groups = [.. Enumerable.Range(0, Workload.Groups).Select(Group)];
        Coordinators.Find(client, Coordinators.Group, groups);
        Coordinators.WaitUntilLoaded(client, groups);
        AsyncKafkaClient[] connections = [.. Enumerable.Range(0, Workload.Connections).Select(_ => new AsyncKafkaClient(Server.EndPoint))];
        Task.WaitAll(connections.Select(CommitShareAsync).ToArray());
        Array.ForEach(connections, connection => connection.Dispose());
    }

    private async Task CommitShareAsync(AsyncKafkaClient connection, int share)
    {
        for (int group = share; group < Workload.Groups; group += Workload.Connections)
        {
            CommitRequests.Check(await connection.CallAsync<OffsetCommitResponse>(
                ApiKey.OffsetCommit, CommitRequests.Version, CommitRequests.Of(Group(group), _topic, Workload.PartitionsPerRequest)));
        }
    }

    private void ReadAll()
    {
        using var client = new KafkaClient(Server.EndPoint);
        for (int group = 0; group < Workload.Groups; group++)
        {
            string id = Group(group);
            Until.True(() => IsRead(client, id), Patience, PauseMs, () => $"{id} does not load");
        }
    }

    private bool IsRead(KafkaClient client, string group)
    {
        OffsetFetchResponse.OffsetFetchResponseGroup read = client.Call<OffsetFetchResponse>(ApiKey.OffsetFetch, FetchVersion, new OffsetFetchRequest
        {
            Groups = [new OffsetFetchRequest.OffsetFetchRequestGroup { GroupId = group, MemberId = null, Topics = null }],
        }).Groups[0];
        int found = read.Topics.Sum(topic => topic.Partitions.Count);
        return read.ErrorCode == ErrorCode.None
            && (found == Workload.PartitionsPerRequest ? true : throw new BenchException($"{group} has {found} offsets of {Workload.PartitionsPerRequest}"));
    }
}
