using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Moldau.EndToEnd.Wire;

namespace Moldau.EndToEnd.Servers;

/// <summary>One server under load: a process of its own, on a free port, with a directory of its own. Used from one thread.</summary>
internal abstract class Server(string name, string directory) : IDisposable
{
    /// <summary>Members of groups speak every half second instead of every five: what is measured is the server, not the pause.</summary>
    protected static readonly string[] GroupHeartbeats = ["group.consumer.min.heartbeat.interval.ms=500", "group.consumer.heartbeat.interval.ms=500"];

    private Process? _process;
    private bool _isPrepared;

    public string Name { get; } = name;

    public IPEndPoint EndPoint { get; private set; } = new(IPAddress.Loopback, 0);

    public int ProcessId => _process?.Id ?? throw new BenchException($"{Name} does not run");

    protected string Folder { get; } = directory;

    /// <summary>It speaks the protocol: topics can be made and read back.</summary>
    public virtual bool IsKafka => true;

    /// <summary>Apache Kafka's tools, where they are.</summary>
    public string? PeerTool { get; init; }

    /// <summary>Whether there is something to measure.</summary>
    public virtual bool Runs(Workload workload) => workload.Kind != WorkloadKind.PerfTool || PeerTool is not null;

    /// <summary>What a topic's configuration says here besides what it says everywhere.</summary>
    public virtual IEnumerable<(string Key, string Value)> TopicConfigs(Workload workload) => [];

    /// <summary>Returns once the files of a deleted topic are gone, where that is soon: the work is not the next run's.</summary>
    public virtual void WaitUntilGone(string topic)
    {
    }

    /// <summary>Starts unless it runs; true when it did not. The servers of a comparison run on through all workloads.</summary>
    public virtual bool EnsureStarted(Workload workload)
    {
        if (_process is not null)
        {
            return false;
        }

        Start();
        return true;
    }

    /// <summary>Starts, on a new directory the first time, and returns after its first answer: the milliseconds from exec until then.</summary>
    public double Start()
    {
        if (!_isPrepared)
        {
            Prepare();
            _isPrepared = true;
        }

        int port = FreePort();
        EndPoint = new IPEndPoint(IPAddress.Loopback, port);
        ProcessStartInfo command = Command(port);
        command.UseShellExecute = false;
        command.Environment.Remove("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS");
        command.Environment.Remove("DOTNET_TieredPGO");
        command.Environment.Remove("DOTNET_gcServer");
        long began = Stopwatch.GetTimestamp();
        _process = Process.Start(command) ?? throw new BenchException($"{Name} does not start");
        while (!Answers())
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(began) > TimeSpan.FromSeconds(60))
            {
                throw new BenchException($"{Name} does not answer; see {Folder}");
            }

            Thread.Sleep(1);
        }

        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    /// <summary>Deletes the directory and formats it, where that is not part of a start.</summary>
    protected virtual void Prepare()
    {
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }

        Directory.CreateDirectory(Folder);
    }

    public void Stop()
    {
        if (_process is not { } process)
        {
            return;
        }

        _process = null;
        using (process)
        {
            if (!process.HasExited)
            {
                using var kill = Process.Start("kill", $"{process.Id}");
                kill.WaitForExit();
                if (!process.WaitForExit(20_000))
                {
                    process.Kill();
                    process.WaitForExit();
                }
            }
        }
    }

    public void Dispose() => Stop();

    protected abstract ProcessStartInfo Command(int port);

    protected virtual bool Answers() => KafkaClient.Answers(EndPoint);

    /// <summary>Two neighbours are free, as a node of Apache Kafka takes the next one for its controller.</summary>
    private static int FreePort()
    {
        while (true)
        {
            using var first = new TcpListener(IPAddress.Loopback, 0);
            first.Start();
            int port = ((IPEndPoint)first.LocalEndpoint).Port;
            try
            {
                using var second = new TcpListener(IPAddress.Loopback, port + 1);
                second.Start();
                return port;
            }
            catch (SocketException)
            {
                // The neighbour is taken: another pair.
            }
        }
    }
}
