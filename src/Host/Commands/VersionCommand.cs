using System.CommandLine;

namespace Moldau.Host;

/// <summary><c>moldau version</c>.</summary>
internal static class VersionCommand
{
    public static Command Build(ProgramContext context)
    {
        var command = new Command("version", "Show the version, the commit and the level of Apache Kafka.");
        command.SetAction(_ =>
        {
            context.Out.WriteLine($"moldau {ProgramVersion.Number} (commit {ProgramVersion.Commit}), Apache Kafka {ProgramVersion.KafkaLevel}");
            return ExitCode.Ok;
        });
        return command;
    }
}
