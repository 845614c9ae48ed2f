using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Moldau.Runtime;
using Moldau.Runtime.Os;

namespace Moldau.Client.Suite;

/// <summary>The program moldau, or Apache Kafka, on a directory of its own under the machine's temporary one.</summary>
internal sealed class ProcessCluster : IRunningCluster
{
    private readonly DirectoryInfo _directory;
    private readonly Func<Task> _stop;

    /// <summary>Where the suite is told to end before its tests have, what it started ends with it.</summary>
    private readonly PosixSignalRegistration _signal;

    private ProcessCluster(DirectoryInfo directory, int port, Func<Task> stop)
    {
        _directory = directory;
        _stop = stop;
        BootstrapServers = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}");
        _signal = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => stop().GetAwaiter().GetResult());
    }

    public string BootstrapServers { get; }

    public INetwork Network { get; } = new OsNetwork(new OsNetworkOptions { UsesInlineCompletions = false });

    /// <summary>Starts the program and waits for its line "ready".</summary>
    public static async Task<ProcessCluster> StartMoldauAsync(string program)
    {
        var directory = NewDirectory();
        var port = TwoFreePorts();
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardInput = true };
        string[] arguments =
        [
            "start", "--override", $"listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{port + 1}", "--override", $"log.dirs={directory.FullName}/data",
            .. ClusterUnderTest.Settings.SelectMany(setting => (string[])["--override", $"{setting.Key}={setting.Value}"]),
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        RemoveOwnVariables(start);
        var process = System.Diagnostics.Process.Start(start)!;
        var said = new List<string>();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            said.Add(line);
            if (line.StartsWith("ready ", StringComparison.Ordinal))
            {
                // What it says from here on is of no use, but its pipe must not fill up.
                _ = process.StandardOutput.ReadToEndAsync();
                return new ProcessCluster(directory, port, () => StopAsync(process));
            }
        }

        throw new InvalidOperationException($"{program} did not start: {string.Join('\n', said.TakeLast(5))}");
    }

    /// <summary>Starts Apache Kafka with the script that comes with it, which waits until it answers.</summary>
    public static async Task<ProcessCluster> StartKafkaAsync(string script)
    {
        var directory = NewDirectory();
        var port = TwoFreePorts();
        await RunAsync(script, ["start", directory.FullName, port.ToString(CultureInfo.InvariantCulture), .. ClusterUnderTest.Settings.Select(setting => $"{setting.Key}={setting.Value}")]);
        return new ProcessCluster(directory, port, () => RunAsync(script, "stop", directory.FullName));
    }

    public async ValueTask DisposeAsync()
    {
        _signal.Dispose();
        await _stop();
        _directory.Delete(recursive: true);
    }

    private static DirectoryInfo NewDirectory() => Directory.CreateTempSubdirectory("moldau-client-suite-");

    private static async Task StopAsync(Process process)
    {
        // Its data is thrown away: there is nothing that a clean stop would save.
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments);
        RemoveOwnVariables(start);
        using var process = System.Diagnostics.Process.Start(start)!;
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, $"{program} {string.Join(' ', arguments)}");
    }

    /// <summary>MOLDAU_* is configuration to the program: what means this suite must not reach it.</summary>
    private static void RemoveOwnVariables(ProcessStartInfo start)
    {
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MOLDAU_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }
    }

    /// <summary>
    /// Two in a row, for clients and for the controller. They lie below the range from which systems take the ports of outgoing connections: between here and the program's own binding some other
    /// process may want one.
    /// </summary>
    private static int TwoFreePorts()
    {
        while (true)
        {
            var port = Random.Shared.Next(10_000, 32_000);
            using var first = new TcpListener(IPAddress.Loopback, port);
            using var second = new TcpListener(IPAddress.Loopback, port + 1);
            try
            {
                first.Start();
                second.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: another pair.
            }
        }
    }
}
