using System.CommandLine;

namespace Moldau.Cli;

/// <summary><c>moldau partitions</c>: where partitions are, who leads them, how large they are.</summary>
internal static class PartitionsCommand
{
    public static Command Build(CliContext context) => new("partitions", "Sizes, offsets, moves between brokers and directories, elections.")
    {
        Subcommands =
        {
            SizesCommand.Build(context),
            PartitionOffsetsCommand.Build(context),
            DeleteRecordsCommand.Build(context),
            ElectCommand.Build(context),
            ReassignCommand.Build(context),
            MoveCommand.Build(context),
        },
    };
}
