using System.CommandLine;
using Moldau.Client;

namespace Moldau.Cli;

/// <summary><c>moldau groups remove-members</c>: of classic groups.</summary>
internal static class RemoveMembersCommand
{
    public static Command Build(CliContext context)
    {
        var groups = new GroupOptions(canBeAll: false);
        var member = new Option<string[]>("--member") { Description = "A member by its id.", HelpName = "ID" };
        var instance = new Option<string[]>("--instance") { Description = "A static member by its group.instance.id.", HelpName = "ID" };
        var all = new Option<bool>("--all-members") { Description = "All members." };
        var reason = new Option<string?>("--reason") { Description = "What the coordinator logs." };
        var command = new CliCommand("remove-members", "Put members out of a classic group; those that live join again.", "moldau groups remove-members billing --instance worker-3") { member, instance, all, reason };
        groups.AddTo(command);
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            IReadOnlyList<string> names = groups.Get(parsed)!;
            List<MemberToRemove> members = [.. (parsed.GetValue(member) ?? []).Select(MemberToRemove.Dynamic), .. (parsed.GetValue(instance) ?? []).Select(MemberToRemove.Static)];
            if (names.Count != 1 || members.Count > 0 == parsed.GetValue(all))
            {
                throw CliException.Usage(names.Count != 1 ? "members are removed from one group at a time" : "which members? --member ID, --instance ID, or --all-members");
            }

            var results = await session.Admin.RemoveMembersFromConsumerGroupAsync(names[0], parsed.GetValue(all) ? null : members, parsed.GetValue(reason), cancellation);
            var outcomes = new Outcomes(session.Report);
            foreach ((MemberToRemove removed, AdminResult result) in results)
            {
                outcomes.Add(new Facts().Add("group", names[0]).Add("member", removed.ToString()).Add("removed", result.IsSuccess), $"Removed {removed} from {names[0]}.", result.Error);
            }

            return outcomes.ExitCode;
        });
        return command;
    }
}
