using System.Diagnostics;
using System.Globalization;

namespace Moldau.EndToEnd.Servers;

/// <summary>Apache Kafka with its defaults; <paramref name="script"/> is its kafka-node, which formats, and starts the JVM that "kafka" beside it starts.</summary>
internal sealed class KafkaServer(string script, string directory) : Server("kafka", directory)
{
    public override IEnumerable<(string Key, string Value)> TopicConfigs(Workload workload) => workload.IsDurable ? [("flush.messages", "1")] : [];

    protected override void Prepare()
    {
        base.Prepare();
        string setup = """
            set -e
            "$1" start "$2" 19701 log.segment.delete.delay.ms=0 "${@:3}" >"$2/prepare.out" 2>&1
            "$1" stop "$2" >>"$2/prepare.out" 2>&1
            """;
        using Process prepare = Process.Start(new ProcessStartInfo("/bin/bash", ["-c", setup, "bash", script, Folder, .. GroupHeartbeats]))!;
        prepare.WaitForExit();
        if (prepare.ExitCode != 0)
        {
            throw new BenchException($"Apache Kafka could not be prepared; see {Folder}/prepare.out");
        }
    }

    protected override ProcessStartInfo Command(int port)
    {
        string file = Path.Combine(Folder, "server.properties");
        string controller = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port + 1}");
        string listeners = string.Create(CultureInfo.InvariantCulture, $"PLAINTEXT://127.0.0.1:{port},CONTROLLER://{controller}");
        string[] lines = File.ReadAllLines(file);
        File.WriteAllLines(file, lines.Select(line => line.Split('=')[0] switch
        {
            "listeners" => $"listeners={listeners}",
            "advertised.listeners" => $"advertised.listeners={listeners}",
            "controller.quorum.voters" => $"controller.quorum.voters=1@{controller}",
            _ => line,
        }));
        string run = Path.Combine(Path.GetDirectoryName(script)!, "kafka");
        return new ProcessStartInfo("/bin/sh")
        {
            ArgumentList = { "-c", "out=$1; shift; exec \"$@\" >>\"$out\" 2>&1", "sh", Path.Combine(Folder, "node.out"), run, "server-start", file },
            Environment = { ["KAFKA_VERSION"] = Environment.GetEnvironmentVariable("KAFKA_VERSION") ?? "4.4.0" },
        };
    }
}
