using System.Globalization;

namespace Moldau.ClientBench;

/// <summary>How a client is made to do a workload, and what it says of it.</summary>
internal sealed class ComparedClient(string name, CompareOptions options)
{
    private const int BufferMemoryBytes = 64 * 1024 * 1024;

    public string Name => name;

    private bool IsJava => name == "java";

    /// <summary>Whether it has a way of doing that.</summary>
    public bool Does(CompareWorkload workload) => name switch
    {
        "java" => options.JavaTool.Length > 0 && !workload.IsLatency,
        "librdkafka" => options.CProgram.Length > 0 && !workload.IsLatency,
        "moldau-send" or "moldau-typed" => workload.Verb == "produce",
        "moldau-records" => workload.Verb == "consume",
        _ => true,
    };

    public Outcome Run(CompareWorkload workload, string topic, string payloads, long records, long warmup) => IsJava
        ? RunJava(workload, topic, payloads, records, warmup)
        : RunOther(name == "librdkafka" ? C(workload, topic, payloads, records, warmup) : Net(workload, topic, records, warmup));

    private static Outcome RunOther(List<string> command)
    {
        Outcome? outcome = null;
        ChildProcess.Run(command, (line, _) => outcome = Outcome.Parse(line) ?? outcome);
        return outcome ?? throw new InvalidOperationException($"{string.Join(' ', command)} said nothing");
    }

    /// <summary>
    /// Java's tools tell once in an interval how far they are: what is measured lies between the first such line after the warm-up and the last, on the clock and in the process's CPU time.
    /// </summary>
    private Outcome RunJava(CompareWorkload workload, string topic, string payloads, long records, long warmup)
    {
        var progress = new JavaProgress(workload.Verb, warmup);
        ChildProcess.Run(Java(workload, topic, payloads, records + warmup), progress.Take);
        return progress.Outcome();
    }

    private List<string> Net(CompareWorkload workload, string topic, long records, long warmup)
    {
        List<string> command = ["dotnet", typeof(ComparedClient).Assembly.Location, workload.Verb, name, $"bench.topic={topic}", Number("bench.records", records), Number("bench.warmup", warmup)];
        if (workload.Verb != "consume")
        {
            command.Add(Number("bench.bytes", workload.SizeBytes));
        }

        command.Add($"bootstrap.servers={options.Bootstrap}");
        command.AddRange(Settings(workload).Select(pair => $"{pair.Key}={pair.Value}"));
        return command;
    }

    private List<string> C(CompareWorkload workload, string topic, string payloads, long records, long warmup)
    {
        List<string> command = [options.CProgram, workload.Verb, options.Bootstrap, topic, $"{records}", $"{warmup}", payloads];
        foreach ((string key, string value) in Settings(workload))
        {
            if (key == "buffer.memory")
            {
                command.Add(Number("queue.buffering.max.kbytes", BufferMemoryBytes / 1024));
                command.Add("queue.buffering.max.messages=10000000");
            }
            else
            {
                command.Add($"{key}={value}");
            }
        }

        return command;
    }

    private List<string> Java(CompareWorkload workload, string topic, string payloads, long records)
    {
        List<string> command = [options.JavaTool];
        if (workload.Verb == "produce")
        {
            command.AddRange(["producer-perf-test", "--topic", topic, "--num-records", $"{records}", "--payload-file", payloads, "--throughput", "-1", "--reporting-interval", "250"]);
            command.AddRange(["--command-property", $"bootstrap.servers={options.Bootstrap}"]);
            command.AddRange(Settings(workload).Select(pair => $"{pair.Key}={pair.Value}"));
        }
        else
        {
            command.AddRange(["consumer-perf-test", "--bootstrap-server", options.Bootstrap, "--topic", topic, "--num-records", $"{records}"]);
            command.AddRange(["--show-detailed-stats", "--hide-header", "--reporting-interval", "250", "--command-property", "check.crcs=true"]);
        }

        return command;
    }

    private Dictionary<string, string> Settings(CompareWorkload workload)
    {
        var settings = new Dictionary<string, string>();
        if (workload.Verb == "consume")
        {
            if (!IsJava)
            {
                settings["group.id"] = $"{workload.Name}-{Guid.NewGuid():N}";
                settings["auto.offset.reset"] = "earliest";
                settings["enable.auto.commit"] = "false";

                // librdkafka does not look at checksums unless it is told to; the others do.
                settings["check.crcs"] = "true";
            }

            if (name is "confluent" or "librdkafka")
            {
                // By its defaults it stops fetching at 100,000 messages, for a second at a time.
                settings["queued.min.messages"] = "1000000";
            }

            return settings;
        }

        settings["acks"] = "all";
        settings["enable.idempotence"] = "true";
        settings["linger.ms"] = workload.IsLatency ? "0" : "5";
        settings["buffer.memory"] = BufferMemoryBytes.ToString(CultureInfo.InvariantCulture);
        settings["compression.type"] = workload.Compression;
        if (options.BatchBytes > 0)
        {
            settings["batch.size"] = options.BatchBytes.ToString(CultureInfo.InvariantCulture);
        }

        return settings;
    }

    private static string Number(string key, long value) => string.Create(CultureInfo.InvariantCulture, $"{key}={value}");
}
