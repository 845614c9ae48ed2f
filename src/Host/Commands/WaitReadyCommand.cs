using System.CommandLine;
using Moldau.Configuration;

namespace Moldau.Host;

/// <summary><c>moldau wait-ready</c>: waits until a node answers.</summary>
internal static class WaitReadyCommand
{
    public static Command Build(ProgramContext context)
    {
        var server = new Option<string>("--bootstrap-server") { Description = "The node's listener.", HelpName = "HOST:PORT", Required = true };
        var timeout = new Option<double>("--timeout") { Description = "How many seconds to wait at most.", HelpName = "SECONDS", DefaultValueFactory = _ => 30 };
        var command = new Command("wait-ready", "Wait until a node answers requests.") { server, timeout };
        command.SetAction(async (parsed, _) =>
        {
            string text = parsed.GetValue(server)!;
            if (!HostPort.TryParse(text, out HostPort? address))
            {
                await context.Error.WriteLineAsync($"moldau: --bootstrap-server {text}: it must be HOST:PORT");
                return ExitCode.Usage;
            }

            double seconds = parsed.GetValue(timeout);
            if (await ReadyProbe.WaitAsync(address, TimeSpan.FromSeconds(seconds), context.Time))
            {
                return ExitCode.Ok;
            }

            await context.Error.WriteLineAsync($"moldau: {address} did not answer within {seconds} seconds");
            return ExitCode.Failed;
        });
        return command;
    }
}
