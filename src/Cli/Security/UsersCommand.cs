using System.CommandLine;
using System.Text;
using Moldau.Client;

namespace Moldau.Cli;

/// <summary><c>moldau users</c>: SCRAM credentials, as kafka-configs changes those of users.</summary>
internal static class UsersCommand
{
    public static Command Build(CliContext context) => new("users", "List, set and delete SCRAM credentials.") { Subcommands = { List(context), Set(context), Delete(context) } };

    private static Option<string> MechanismOption()
    {
        var option = new Option<string>("--mechanism") { Description = "SCRAM-SHA-256 or SCRAM-SHA-512.", HelpName = "MECHANISM", DefaultValueFactory = _ => "SCRAM-SHA-512" };
        option.CompletionSources.Add("SCRAM-SHA-256", "SCRAM-SHA-512");
        return option;
    }

    private static CliCommand List(CliContext context)
    {
        var users = new Argument<string[]>("USER") { Arity = ArgumentArity.ZeroOrMore, Description = "Only these." };
        var command = new CliCommand("list", "List users with their mechanisms.", "moldau users list") { users };
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            string[] names = parsed.GetValue(users) ?? [];
            var table = new RowSet(Column.Text("user"), Column.Text("mechanism"), Column.Number("iterations")) { WhenEmpty = "no users" };
            foreach ((string user, AdminResult<IReadOnlyList<ScramCredentialInfo>> result) in (await session.Admin.DescribeUserScramCredentialsAsync(names.Length > 0 ? names : null, cancellation)).OrderBy(entry => entry.Key, StringComparer.Ordinal))
            {
                foreach (ScramCredentialInfo credential in result.Value)
                {
                    table.Add(user, Name(credential.Mechanism), credential.Iterations);
                }
            }

            session.Report.Write(table);
            return CommandExit.Ok;
        });
        return command;
    }

    private static CliCommand Set(CliContext context)
    {
        var user = new Argument<string>("USER") { Description = "The user's name." };
        Option<string> mechanism = MechanismOption();
        var password = new Option<string?>("--password") { Description = "The password; others can see it while the command runs. From standard input unless given.", HelpName = "PASSWORD" };
        var passwordFile = new Option<string?>("--password-file") { Description = "A file whose first line is the password.", HelpName = "FILE" };
        var iterations = new Option<int>("--iterations") { Description = "How costly guessing is.", HelpName = "N", DefaultValueFactory = _ => 4096 };
        var command = new CliCommand("set", "Give a user a password.", "moldau users set alice --mechanism SCRAM-SHA-512 --password-file secret", "echo secret | moldau users set alice") { user, mechanism, password, passwordFile, iterations };
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            string name = parsed.GetValue(user)!;
            string secret = parsed.GetValue(password)
                ?? (parsed.GetValue(passwordFile) is { } file ? FirstLine(ClientFile.ReadText(context.Disk, "--password-file", file)) : await ReadPasswordAsync(context, cancellation));
            if (secret.Length == 0)
            {
                throw CliException.Usage("the password is empty");
            }

            var alteration = new UserScramCredentialUpsertion(name, Mechanism(parsed.GetValue(mechanism)!), secret, parsed.GetValue(iterations));
            return Tell(session.Report, name, (await session.Admin.AlterUserScramCredentialsAsync([alteration], cancellation))[name], $"User {name} has a password for {parsed.GetValue(mechanism)}.", "set");
        });
        return command;
    }

    private static CliCommand Delete(CliContext context)
    {
        var user = new Argument<string>("USER") { Description = "The user's name." };
        Option<string> mechanism = MechanismOption();
        var command = new CliCommand("delete", "Take a user's password away.", "moldau users delete alice --mechanism SCRAM-SHA-512") { user, mechanism };
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            string name = parsed.GetValue(user)!;
            var alteration = new UserScramCredentialDeletion(name, Mechanism(parsed.GetValue(mechanism)!));
            return Tell(session.Report, name, (await session.Admin.AlterUserScramCredentialsAsync([alteration], cancellation))[name], $"User {name} has no password for {parsed.GetValue(mechanism)} any more.", "deleted");
        });
        return command;
    }

    private static int Tell(Report report, string user, AdminResult result, string sentence, string done)
    {
        var outcomes = new Outcomes(report);
        outcomes.Add(new Facts().Add("user", user).Add(done, result.IsSuccess), sentence, result.Error);
        return outcomes.ExitCode;
    }

    private static async Task<string> ReadPasswordAsync(CliContext context, CancellationToken cancellationToken)
    {
        if (context.IsInputTerminal)
        {
            context.Error.Write("password: ");
            context.Error.Flush();
        }

        await foreach (ReadOnlyMemory<byte> line in LineReader.SplitAsync(context.Input, "\n"u8.ToArray(), () => { }, cancellationToken))
        {
            return FirstLine(Encoding.UTF8.GetString(line.Span));
        }

        throw CliException.Usage("no password: standard input is empty", "--password-file FILE reads it from a file");
    }

    private static string FirstLine(string text) => text.Split('\n')[0].TrimEnd('\r');

    private static ScramMechanismType Mechanism(string text) => text.ToUpperInvariant() switch
    {
        "SCRAM-SHA-256" => ScramMechanismType.ScramSha256,
        "SCRAM-SHA-512" => ScramMechanismType.ScramSha512,
        _ => throw CliException.Usage($"--mechanism {text}: it must be SCRAM-SHA-256 or SCRAM-SHA-512"),
    };

    private static string Name(ScramMechanismType mechanism) => mechanism switch
    {
        ScramMechanismType.ScramSha256 => "SCRAM-SHA-256",
        ScramMechanismType.ScramSha512 => "SCRAM-SHA-512",
        _ => "unknown",
    };
}
