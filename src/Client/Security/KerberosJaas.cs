using Microsoft.Extensions.Logging;
using Moldau.Configuration;

namespace Moldau.Client;

/// <summary>
/// Options of Java's Krb5LoginModule. The platform's Kerberos takes cache and keytab from the environment of the process alone, and chooses the principal by them:
/// a file that says otherwise is refused, so that nobody is somebody else than he thinks.
/// </summary>
internal static partial class KerberosJaas
{
    public static SaslOptions Read(SaslOptions options, Dictionary<string, string> jaas, ClientSeams seams)
    {
        string? principal = jaas.GetValueOrDefault("principal") ?? jaas.GetValueOrDefault("username");
        if (options.Password.Length > 0)
        {
            return options with { Username = principal ?? throw new ConfigurationException("sasl.jaas.config has a password and no principal=\"name@REALM\": both are needed, or neither") };
        }

        RequireInEnvironment(jaas, "keyTab", "KRB5_CLIENT_KTNAME");
        RequireInEnvironment(jaas, "ticketCache", "KRB5CCNAME");
        if (principal is not null)
        {
            LogPrincipal(seams.Logging.CreateLogger<AuthenticationException>(), principal);
        }

        return options with { Username = "" };
    }

    private static void RequireInEnvironment(Dictionary<string, string> jaas, string option, string variable)
    {
        if (jaas.GetValueOrDefault(option) is { Length: > 0 } file && Path(Environment.GetEnvironmentVariable(variable)) != Path(file))
        {
            throw new ConfigurationException(
                $"sasl.jaas.config has {option}=\"{file}\", which the platform's Kerberos takes from the environment alone: start the program with {variable}={file}, or take {option} out of sasl.jaas.config");
        }
    }

    private static string Path(string? name) => name is null ? "" : name.StartsWith("FILE:", StringComparison.Ordinal) ? name[5..] : name;

    [LoggerMessage(1, LogLevel.Information, "principal {Principal} of sasl.jaas.config does not choose: the platform takes the principal of its ticket cache or keytab (KRB5CCNAME, KRB5_CLIENT_KTNAME)")]
    private static partial void LogPrincipal(ILogger log, string principal);
}
