using System.CommandLine;
using Moldau.Client;

namespace Moldau.Cli;

/// <summary><c>moldau groups list</c>.</summary>
internal static class GroupListCommand
{
    public static Command Build(CliContext context)
    {
        var state = new Option<string?>("--state") { Description = "Only groups in these states: Stable, Empty, …", HelpName = "STATE,…" };
        var type = new Option<string?>("--type") { Description = "Only groups of these types: classic, consumer, share, streams.", HelpName = "TYPE,…" };
        type.CompletionSources.Add("classic", "consumer", "share", "streams");
        var command = new CliCommand("list", "List groups of all types.", "moldau groups list", "moldau groups list --type consumer --state Stable") { state, type };
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            var options = new ListGroupsOptions { States = Parse<GroupState>("--state", parsed.GetValue(state)), Types = Parse<GroupType>("--type", parsed.GetValue(type)) };
            var table = new RowSet(Column.Text("group"), Column.Text("type"), Column.Text("protocol"), Column.Text("state"), Column.Number("coordinator")) { WhenEmpty = "no groups" };
            foreach (GroupListing group in await session.Admin.ListGroupsAsync(options, cancellation))
            {
                table.Add(group.GroupId, group.Type.ToString(), group.ProtocolType, ((Cell)group.State.ToString()).As(group.State == GroupState.Stable ? Tone.Good : Tone.Plain), group.CoordinatorId);
            }

            session.Report.Write(table);
            return CommandExit.Ok;
        });
        return command;
    }

    private static List<TEnum> Parse<TEnum>(string option, string? text)
        where TEnum : struct, Enum
    {
        var values = new List<TEnum>();
        foreach (string part in (text ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            values.Add(Enum.TryParse(part, ignoreCase: true, out TEnum value) && !char.IsAsciiDigit(part[0])
                ? value
                : throw CliException.Usage($"{option} {part}: it must be one of {string.Join(", ", Enum.GetNames<TEnum>().Skip(1))}"));
        }

        return values;
    }
}
