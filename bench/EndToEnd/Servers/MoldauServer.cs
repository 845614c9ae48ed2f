using System.Diagnostics;
using System.Globalization;
using Moldau.EndToEnd.Wire;

namespace Moldau.EndToEnd.Servers;

/// <summary>Ours: the program of this clone, or of an older commit.</summary>
internal sealed class MoldauServer(string name, string program, string directory) : Server(name, directory)
{
    /// <summary>The perf tool's default is acks=all, which ours would sync for a topic of one replica: both sides are to do the same.</summary>
    public override IEnumerable<(string Key, string Value)> TopicConfigs(Workload workload) =>
        workload.IsDurable ? [("durability", "fsync")] : workload.Kind == WorkloadKind.PerfTool ? [("durability", "kafka")] : [];

    /// <inheritdoc/>
    public override void WaitUntilGone(string topic) => Until.True(
        () => Directory.GetDirectories(Path.Combine(Folder, "data"), $"{topic}-*").Length == 0, TimeSpan.FromSeconds(30), pauseMs: 5, () => $"the files of {topic} do not go");

    protected override ProcessStartInfo Command(int port) => new(
        "/bin/sh",
        [
            "-c", "out=$1; shift; exec \"$@\" >>\"$out\" 2>&1", "sh", Path.Combine(Folder, "node.out"), program, "start",
            "--override", string.Create(CultureInfo.InvariantCulture, $"listeners=PLAINTEXT://127.0.0.1:{port}"),
            "--override", $"log.dirs={Path.Combine(Folder, "data")}",
            "--override", "log.segment.delete.delay.ms=0",
            .. GroupHeartbeats.SelectMany(setting => new[] { "--override", setting }),
        ]);
}
