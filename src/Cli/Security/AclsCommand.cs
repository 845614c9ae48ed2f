using System.CommandLine;
using Moldau.Client;

namespace Moldau.Cli;

/// <summary><c>moldau acls</c>: what kafka-acls does.</summary>
internal static class AclsCommand
{
    public static Command Build(CliContext context) => new("acls", "List, add and remove access rules.") { Subcommands = { List(context), Add(context), Remove(context) } };

    private static CliCommand List(CliContext context)
    {
        var resources = new AclResourceOptions("any");
        var principal = new Option<string?>("--principal") { Description = "Only the rules of this one.", HelpName = "TYPE:NAME" };
        var command = new CliCommand("list", "List access rules.", "moldau acls list", "moldau acls list --topic orders --resource-pattern-type match") { principal };
        resources.AddTo(command);
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            IReadOnlyList<(AclResourceType Type, string Name)> asked = resources.Get(parsed);
            var filters = asked.Count == 0
                ? [new AclBindingFilter { Principal = parsed.GetValue(principal) }]
                : asked.Select(resource => new AclBindingFilter { ResourceType = resource.Type, ResourceName = resource.Name, PatternType = resources.Pattern(parsed), Principal = parsed.GetValue(principal) }).ToList();
            var found = new List<AclBinding>();
            foreach (AclBindingFilter filter in filters)
            {
                found.AddRange(await session.Admin.DescribeAclsAsync(filter, cancellation));
            }

            session.Report.Write(Table(found.Distinct()));
            return CommandExit.Ok;
        });
        return command;
    }

    private static CliCommand Add(CliContext context)
    {
        var resources = new AclResourceOptions("literal");
        var rules = new AclRuleOptions();
        var command = new CliCommand(
            "add", "Add access rules.", "moldau acls add --allow-principal User:alice --operation Read --topic orders", "moldau acls add --allow-principal User:billing --consumer --topic orders --group billing");
        resources.AddTo(command);
        rules.AddTo(command);
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            List<AclBinding> bindings = Bindings(parsed, resources, rules);
            var results = await session.Admin.CreateAclsAsync(bindings, cancellation);
            var outcomes = new Outcomes(session.Report);
            foreach (AclBinding binding in bindings)
            {
                outcomes.Add(Facts(binding).Add("added", results[binding].IsSuccess), $"Added: {Sentence(binding)}.", results[binding].Error);
            }

            return outcomes.ExitCode;
        });
        return command;
    }

    private static CliCommand Remove(CliContext context)
    {
        var resources = new AclResourceOptions("literal");
        var rules = new AclRuleOptions();
        var command = new CliCommand(
            "remove", "Remove access rules: those named, or without principals and operations all of the resources.",
            "moldau acls remove --allow-principal User:alice --operation Read --topic orders", "moldau acls remove --topic orders --resource-pattern-type match");
        resources.AddTo(command);
        rules.AddTo(command);
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            IReadOnlyList<(AclResourceType Type, string Name)> asked = resources.Get(parsed);
            if (asked.Count == 0)
            {
                throw CliException.Usage("the rules of what? --topic, --group, --cluster, --transactional-id, --delegation-token or --user-principal");
            }

            List<AclBindingFilter> filters = rules.Who(parsed).Count > 0
                ? [.. Bindings(parsed, resources, rules).Select(binding => new AclBindingFilter
                    {
                        ResourceType = binding.ResourceType, ResourceName = binding.ResourceName, PatternType = binding.PatternType, Principal = binding.Principal, Host = binding.Host,
                        Operation = binding.Operation, PermissionType = binding.PermissionType,
                    })]
                : [.. asked.Select(resource => new AclBindingFilter { ResourceType = resource.Type, ResourceName = resource.Name, PatternType = resources.Pattern(parsed) })];
            var results = await session.Admin.DeleteAclsAsync(filters, cancellation);
            var outcomes = new Outcomes(session.Report);
            foreach (DeletedAcl deleted in results.Values.SelectMany(result => result.Value))
            {
                outcomes.Add(Facts(deleted.Binding).Add("removed", deleted.Error is null), $"Removed: {Sentence(deleted.Binding)}.", deleted.Error);
            }

            if (results.Values.All(result => result.Value.Count == 0))
            {
                session.Report.Say("no rules");
            }

            return outcomes.ExitCode;
        });
        return command;
    }

    private static List<AclBinding> Bindings(ParseResult parsed, AclResourceOptions resources, AclRuleOptions rules)
    {
        AclPatternType pattern = resources.Pattern(parsed);
        IReadOnlyList<(string Principal, string Host, AclPermissionType Permission)> who = rules.Who(parsed);
        IReadOnlyList<(AclResourceType Type, string Name, AclOperation Operation)> what = rules.Operations(parsed, resources.Get(parsed));
        if (who.Count == 0 || what.Count == 0)
        {
            throw CliException.Usage(who.Count == 0 ? "who? --allow-principal or --deny-principal TYPE:NAME" : "on what? --topic, --group, --cluster, --transactional-id, --delegation-token or --user-principal");
        }

        return
        [
            .. what.SelectMany(operation => who.Select(principal => new AclBinding(
                operation.Type, operation.Name, operation.Type == AclResourceType.Cluster ? AclPatternType.Literal : pattern, principal.Principal, principal.Host, operation.Operation, principal.Permission))),
        ];
    }

    private static RowSet Table(IEnumerable<AclBinding> bindings)
    {
        var table = new RowSet(Column.Text("resourceType", "resource"), Column.Text("resourceName", "name"), Column.Text("patternType", "pattern"), Column.Text("principal"), Column.Text("host"), Column.Text("operation"), Column.Text("permission"))
        {
            WhenEmpty = "no rules",
        };
        foreach (AclBinding binding in bindings.OrderBy(binding => binding.ResourceType).ThenBy(binding => binding.ResourceName, StringComparer.Ordinal).ThenBy(binding => binding.Principal, StringComparer.Ordinal).ThenBy(binding => binding.Operation))
        {
            table.Add(
                binding.ResourceType.ToString(), binding.ResourceName, binding.PatternType.ToString(), binding.Principal, binding.Host, binding.Operation.ToString(),
                ((Cell)binding.PermissionType.ToString()).As(binding.PermissionType == AclPermissionType.Deny ? Tone.Bad : Tone.Plain));
        }

        return table;
    }

    private static Facts Facts(AclBinding binding) => new Facts()
        .Add("resourceType", binding.ResourceType.ToString())
        .Add("resourceName", binding.ResourceName)
        .Add("patternType", binding.PatternType.ToString())
        .Add("principal", binding.Principal)
        .Add("host", binding.Host)
        .Add("operation", binding.Operation.ToString())
        .Add("permission", binding.PermissionType.ToString());

    private static string Sentence(AclBinding binding) =>
        $"{binding.PermissionType} {binding.Principal} {binding.Operation} on {binding.ResourceType} {(binding.PatternType == AclPatternType.Prefixed ? binding.ResourceName + "…" : binding.ResourceName)}{(binding.Host == "*" ? "" : " from " + binding.Host)}";
}
