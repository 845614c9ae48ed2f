using System.CommandLine;
using Moldau.Configuration;

namespace Moldau.Host;

/// <summary><c>moldau docs configuration</c>: writes docs/configuration.md from the tables; for those who work on Moldau.</summary>
internal static class DocsCommand
{
    public static Command Build(ProgramContext context)
    {
        var configuration = new Command("configuration", "Print docs/configuration.md.");
        configuration.SetAction(_ =>
        {
            context.Out.Write(ConfigurationDocument.Write());
            return ExitCode.Ok;
        });
        return new Command("docs", "Print generated documentation.") { Hidden = true, Subcommands = { configuration } };
    }
}
