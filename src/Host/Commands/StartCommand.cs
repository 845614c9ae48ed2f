using System.CommandLine;
using Moldau.Configuration;

namespace Moldau.Host;

/// <summary><c>moldau start</c>: a node in the foreground.</summary>
internal static class StartCommand
{
    public static Command Build(ProgramContext context)
    {
        var config = new Option<string?>("--config", "-c") { Description = "A server.properties file of Apache Kafka; without one a single node on 127.0.0.1:9092 starts in ./moldau-data.", HelpName = "FILE" };
        var overrides = new Option<string[]>("--override") { Description = "One configuration key, over the file and the environment; may be given many times.", HelpName = "KEY=VALUE" };
        var noFormat = new Option<bool>("--no-format") { Description = "Refuse to start on a directory that is not formatted." };
        var logJson = new Option<bool>("--log-json") { Description = "Log lines as JSON objects." };
        var command = new Command("start", "Start a node; SIGTERM or SIGINT stops it.") { config, overrides, noFormat, logJson };
        command.SetAction((parsed, _) =>
        {
            string[] given = parsed.GetValue(overrides) ?? [];
            string[] all = parsed.GetValue(logJson) ? [.. given, StartLine.AsJson] : given;
            return new StartLine(parsed.GetValue(config), all, Format: !parsed.GetValue(noFormat)).RunAsync(context);
        });
        return command;
    }
}
