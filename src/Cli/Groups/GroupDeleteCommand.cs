using System.CommandLine;

namespace Moldau.Cli;

/// <summary><c>moldau groups delete</c>.</summary>
internal static class GroupDeleteCommand
{
    public static Command Build(CliContext context)
    {
        var groups = new GroupOptions(canBeAll: true);
        var command = new CliCommand("delete", "Delete groups with their offsets; they must have no members.", "moldau groups delete billing");
        groups.AddTo(command);
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            IReadOnlyList<string> names = groups.Get(parsed) ?? [.. (await session.Admin.ListGroupsAsync(null, cancellation)).Select(group => group.GroupId)];
            var results = await session.Admin.DeleteGroupsAsync(names, cancellation);
            var outcomes = new Outcomes(session.Report);
            foreach (string name in names)
            {
                outcomes.Add(new Facts().Add("group", name).Add("deleted", results[name].IsSuccess), $"Deleted group {name}.", results[name].Error);
            }

            return outcomes.ExitCode;
        });
        return command;
    }
}
