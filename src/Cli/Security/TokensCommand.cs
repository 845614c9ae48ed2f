using System.CommandLine;
using Moldau.Client;
using Moldau.Core;

namespace Moldau.Cli;

/// <summary><c>moldau tokens</c>: what kafka-delegation-tokens does (KIP-48). A token may be named by its id, so that its secret need not stand in a command line.</summary>
internal static class TokensCommand
{
    public static Command Build(CliContext context) => new("tokens", "Make, list, renew and expire delegation tokens.")
    {
        Subcommands = { List(context), Create(context), Renew(context), Expire(context) },
    };

    private static Option<string[]> OwnerOption(string description) => new("--owner-principal") { Description = description, HelpName = "TYPE:NAME" };

    private static CliCommand List(CliContext context)
    {
        Option<string[]> owners = OwnerOption("Only those of this owner; all that this user may see unless given.");
        var secrets = new Option<bool>("--secrets") { Description = "Show the HMACs, which are the passwords of the tokens." };
        var command = new CliCommand("list", "List delegation tokens.", "moldau tokens list --command-config alice.properties", "moldau tokens list --owner-principal User:alice --secrets --json") { owners, secrets };
        command.Aliases.Add("describe");
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            string[] given = parsed.GetValue(owners) ?? [];
            bool withSecrets = parsed.GetValue(secrets);
            Column[] columns =
            [
                Column.Text("tokenId", "token"), Column.Text("owner"), Column.Text("requester").Optional(), Column.Text("renewers"),
                Column.Text("issueTimestamp", "made").Optional(), Column.Text("expiryTimestamp", "holds until"), Column.Text("maxTimestamp", "renewable until"),
            ];
            var table = new RowSet(withSecrets ? [.. columns, Column.Text("hmac")] : columns) { WhenEmpty = "no delegation tokens that this user may see" };
            IReadOnlyList<DelegationToken> tokens = await session.Admin.DescribeDelegationTokensAsync(given.Length > 0 ? Array.ConvertAll(given, Principal) : null, cancellation);
            foreach (DelegationToken token in tokens.OrderBy(token => token.IssueTime).ThenBy(token => token.TokenId, StringComparer.Ordinal))
            {
                Cell[] row =
                [
                    token.TokenId, token.Owner.ToString(), token.Requester.ToString(), Cell.Texts(token.Renewers.Select(renewer => renewer.ToString())),
                    Time(token.IssueTime), Time(token.ExpiryTime), Time(token.MaxTime),
                ];
                table.Add(withSecrets ? [.. row, Secret(token)] : row);
            }

            session.Report.Write(table);
            return CommandExit.Ok;
        });
        return command;
    }

    private static CliCommand Create(CliContext context)
    {
        var renewers = new Option<string[]>("--renewer-principal") { Description = "Who may renew it beside its owner.", HelpName = "TYPE:NAME" };
        var owner = new Option<string?>("--owner-principal") { Description = "Whose it is; of who asks unless given (KIP-373).", HelpName = "TYPE:NAME" };
        var lifetime = new Option<long>("--max-life-time-period") { Description = "How long it can be renewed; -1 for as long as the brokers allow.", HelpName = "MS", DefaultValueFactory = _ => -1 };
        var command = new CliCommand(
            "create", "Make a delegation token, and show its secret.", "moldau tokens create --command-config alice.properties", "moldau tokens create --renewer-principal User:scheduler --max-life-time-period 86400000")
        {
            renewers, owner, lifetime,
        };
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            var options = new CreateDelegationTokenOptions
            {
                Renewers = Array.ConvertAll(parsed.GetValue(renewers) ?? [], Principal),
                Owner = parsed.GetValue(owner) is { } name ? Principal(name) : null,
                MaxLifetime = Period("--max-life-time-period", parsed.GetValue(lifetime)),
            };
            DelegationToken token = await session.Admin.CreateDelegationTokenAsync(options, cancellation);
            session.Report.Write(new Facts()
                .Add("tokenId", token.TokenId, "token")
                .Add("hmac", Secret(token))
                .Add("owner", token.Owner.ToString())
                .Add("requester", token.Requester.ToString())
                .Add("renewers", Cell.Texts(token.Renewers.Select(renewer => renewer.ToString())))
                .Add("issueTimestamp", Time(token.IssueTime), "made")
                .Add("expiryTimestamp", Time(token.ExpiryTime), "holds until")
                .Add("maxTimestamp", Time(token.MaxTime), "renewable until"));
            session.Report.Note("a client logs in with it by SCRAM: username is the token, password the hmac, and tokenauth=\"true\" behind them in sasl.jaas.config");
            return CommandExit.Ok;
        });
        return command;
    }

    private static CliCommand Renew(CliContext context)
    {
        var period = new Option<long>("--renew-time-period") { Description = "For how long from now; -1 for as long as the brokers' delegation.token.expiry.time.ms says.", HelpName = "MS", DefaultValueFactory = _ => -1 };
        var command = new CliCommand("renew", "Have a token hold longer.", "moldau tokens renew 3TtwSSrIQtm0UYtBbTeIvA", "moldau tokens renew --hmac HMAC --renew-time-period 3600000") { period };
        return Change(context, command, async (session, parsed, hmac, cancellation) =>
            ("renewed", await session.Admin.RenewDelegationTokenAsync(hmac, Period("--renew-time-period", parsed.GetValue(period)), cancellation)));
    }

    private static CliCommand Expire(CliContext context)
    {
        var period = new Option<long>("--expiry-time-period") { Description = "After how long; -1 ends it at once.", HelpName = "MS", DefaultValueFactory = _ => -1 };
        var command = new CliCommand("expire", "Have a token hold shorter, or end it.", "moldau tokens expire 3TtwSSrIQtm0UYtBbTeIvA", "moldau tokens expire --hmac HMAC --expiry-time-period 60000") { period };
        return Change(context, command, async (session, parsed, hmac, cancellation) =>
            ("expired", await session.Admin.ExpireDelegationTokenAsync(hmac, Period("--expiry-time-period", parsed.GetValue(period)), cancellation)));
    }

    private static CliCommand Change(CliContext context, CliCommand command, Func<Session, ParseResult, byte[], CancellationToken, Task<(string Done, DateTimeOffset Until)>> change)
    {
        var token = new Argument<string?>("TOKEN") { Arity = ArgumentArity.ZeroOrOne, Description = "Its id, as \"tokens list\" shows it." };
        var secret = new Option<string?>("--hmac") { Description = "Or its HMAC, in base64; others can see it while the command runs.", HelpName = "HMAC" };
        command.Arguments.Add(token);
        command.Options.Add(secret);
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            string? id = parsed.GetValue(token);
            byte[] hmac = (id, parsed.GetValue(secret)) switch
            {
                (null, { } given) => Hmac(given),
                ({ } named, null) => await FindAsync(session, named, cancellation),
                _ => throw CliException.Usage("which token? its id, or --hmac HMAC"),
            };
            (string done, DateTimeOffset until) = await change(session, parsed, hmac, cancellation);
            Cell time = Time(until);
            session.Report.Done($"{(id is null ? "The token" : $"Token {id}")} holds until {time.Shown}.", new Facts().Add("tokenId", id).Add(done, true).Add("expiryTimestamp", time));
            return CommandExit.Ok;
        });
        return command;
    }

    private static async Task<byte[]> FindAsync(Session session, string id, CancellationToken cancellationToken) =>
        (await session.Admin.DescribeDelegationTokensAsync(null, cancellationToken)).FirstOrDefault(token => token.TokenId == id)?.Hmac.ToArray()
            ?? throw CliException.Failed($"there is no token {id} that this user may see", "\"moldau tokens list\" shows those that there are; --hmac names one that it does not show");

    private static byte[] Hmac(string text)
    {
        byte[] hmac = new byte[text.Length];
        return Convert.TryFromBase64String(text, hmac, out int length) && length > 0
            ? hmac[..length]
            : throw CliException.Usage("--hmac is not in base64: \"moldau tokens create\" and \"moldau tokens list --secrets\" show it");
    }

    private static KafkaPrincipal Principal(string text) =>
        text.Split(':', 2) is [{ Length: > 0 } type, { Length: > 0 } name]
            ? new KafkaPrincipal(type, name)
            : throw CliException.Usage($"principal {text}: it must be TYPE:NAME, User:alice for example");

    private static TimeSpan? Period(string option, long ms) => ms switch
    {
        -1 => default(TimeSpan?),
        >= 0 and <= 922337203685477 => TimeSpan.FromMilliseconds(ms),
        _ => throw CliException.Usage($"{option} {ms}: it must be milliseconds, or -1"),
    };

    private static Cell Secret(DelegationToken token) => Convert.ToBase64String(token.Hmac.Span);

    private static Cell Time(DateTimeOffset time) => Cell.Timestamp(time.ToUnixTimeMilliseconds());
}
