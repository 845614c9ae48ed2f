using System.Net.Sockets;
using Moldau.EndToEnd.Servers;
using Moldau.EndToEnd.Wire;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.EndToEnd.Runs;

/// <summary>What each of many connections costs that have asked once and are silent since, in kB of resident memory.</summary>
internal sealed class IdleConnectionsRun(Server server, Workload workload, double seconds) : Run(server, workload, seconds)
{
    public override Measurement Measure()
    {
        Begin();
        using var client = new KafkaClient(Server.EndPoint);
        long before = ProcessUsage.RssBytes(Server.ProcessId);
        double cpuBefore = ProcessUsage.CpuSeconds(Server.ProcessId);
        List<KafkaClient> idle = [];
        try
        {
            for (int i = 0; i < Workload.Connections; i++)
            {
                var one = new KafkaClient(Server.EndPoint);
                idle.Add(one);
                one.Call<ApiVersionsResponse>(ApiKey.ApiVersions, 0, new ApiVersionsRequest());
            }
        }
        catch (SocketException failure)
        {
            throw new BenchException($"connection {idle.Count + 1} failed: {failure.Message}");
        }

        long after = ProcessUsage.RssBytes(Server.ProcessId);
        double cpu = ProcessUsage.CpuSeconds(Server.ProcessId) - cpuBefore;
        idle.ForEach(one => one.Dispose());
        return new Measurement((after - before) / 1e3 / Workload.Connections, double.NaN, cpu * 1e6 / Workload.Connections, after);
    }
}
