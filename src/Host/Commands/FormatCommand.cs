using System.CommandLine;
using Moldau.Controller;
using Moldau.Runtime;

namespace Moldau.Host;

/// <summary><c>moldau storage format</c>.</summary>
internal static class FormatCommand
{
    public static Command Build(ProgramContext context)
    {
        var config = new Option<string?>("--config", "-c") { Description = "The configuration file.", HelpName = "FILE" };
        var clusterId = new Option<string>("--cluster-id", "-t") { Description = "The cluster's id; the same on all nodes.", HelpName = "ID", Required = true };
        var scram = new Option<string[]>("--add-scram", "-S") { Description = "A SCRAM credential: 'SCRAM-SHA-256=[name=alice,password=secret]'." };
        var ignore = new Option<bool>("--ignore-formatted", "-g") { Description = "Leave directories alone that are formatted." };
        var release = new Option<string?>("--release-version", "-r") { Description = "The release whose features the cluster starts with." };
        var features = new Option<string[]>("--feature", "-f") { Description = "The level of one feature: name=level." };
        var standalone = new Option<bool>("--standalone", "-s") { Description = "This node is the only voter of a quorum that can grow." };
        var none = new Option<bool>("--no-initial-controllers", "-N") { Description = "This node joins a quorum that can grow." };
        var initial = new Option<string?>("--initial-controllers", "-I") { Description = "The first voters: id@host:port:directory, separated by commas." };
        var command = new Command("format", "Format the log directories of this node.") { config, clusterId, scram, ignore, release, features, standalone, none, initial };
        command.Validators.Add(result =>
        {
            int chosen = (result.GetValue(standalone) ? 1 : 0) + (result.GetValue(none) ? 1 : 0) + (result.GetValue(initial) is null ? 0 : 1);
            if (chosen > 1)
            {
                result.AddError("only one of --standalone, --no-initial-controllers and --initial-controllers can be given");
            }
        });
        command.SetAction(parsed => StorageCommand.WithConfiguration(context, parsed.GetValue(config), node =>
        {
            try
            {
                var choices = new FormatChoices
                {
                    Standalone = parsed.GetValue(standalone),
                    InitialControllers = parsed.GetValue(initial),
                    NoInitialControllers = parsed.GetValue(none),
                    IgnoreFormatted = parsed.GetValue(ignore),
                    Scram = parsed.GetValue(scram) ?? [],
                    Features = [.. (parsed.GetValue(features) ?? []).Select(FormatFeatures.ParseArgument)],
                    ReleaseVersion = parsed.GetValue(release),
                };
                foreach (string line in NodeFormatter.Run(NodeFormatter.Create(context, node, parsed.GetValue(clusterId)!, choices)))
                {
                    context.Out.WriteLine(line);
                }

                return ExitCode.Ok;
            }
            catch (Exception exception) when (exception is StorageException or StorageFormatException or DiskException)
            {
                context.Error.WriteLine("moldau: " + exception.Message);
                return ExitCode.Failed;
            }
        }));
        return command;
    }
}
