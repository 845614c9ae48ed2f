using System.CommandLine;
using Moldau.Client;

namespace Moldau.Cli;

/// <summary><c>moldau groups list</c>.</summary>
internal static class GroupListCommand
{
    public static Command Build(CliContext context)
    {
        var state = new Option<string?>("--state") { Description = "Only groups in these states: Stable, Empty, …", HelpName = "STATE,…" };
        var type = new Option<string?>("--type", "--group-type") { Description = "Only groups of these types: classic, consumer, share, streams.", HelpName = "TYPE,…" };
        type.CompletionSources.Add("classic", "consumer", "share", "streams");
        var protocol = new Option<string?>("--protocol") { Description = "Only groups with this protocol: consumer, share, streams, connect …", HelpName = "PROTOCOL" };
        var consumer = new Option<bool>("--consumer") { Description = "Only groups of consumers, of both protocols, and those that only commit." };
        var share = new Option<bool>("--share") { Description = "Only share groups." };
        var streams = new Option<bool>("--streams") { Description = "Only streams groups." };
        var command = new CliCommand("list", "List groups of all types.", "moldau groups list", "moldau groups list --type consumer --state Stable") { state, type, protocol, consumer, share, streams };
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            int kinds = new[] { parsed.GetValue(type) is not null, parsed.GetValue(consumer), parsed.GetValue(share), parsed.GetValue(streams) }.Count(isGiven => isGiven);
            if (kinds > 1)
            {
                throw CliException.Usage("which groups? one of --type, --consumer, --share and --streams");
            }

            ListGroupsOptions options = parsed.GetValue(consumer) ? ListGroupsOptions.ForConsumerGroups()
                : parsed.GetValue(share) ? ListGroupsOptions.ForShareGroups()
                : parsed.GetValue(streams) ? ListGroupsOptions.ForStreamsGroups()
                : new ListGroupsOptions { Types = Parse<GroupType>("--type", parsed.GetValue(type)) };
            options = options with
            {
                States = Parse<GroupState>("--state", parsed.GetValue(state)),
                ProtocolTypes = parsed.GetValue(protocol) is { } only ? [only] : options.ProtocolTypes,
            };
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
