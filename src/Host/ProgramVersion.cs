using System.Reflection;

namespace Moldau.Host;

/// <summary>What this program is.</summary>
internal static class ProgramVersion
{
    /// <summary>The release of Apache Kafka whose protocol, files and configuration this program has.</summary>
    public const string KafkaLevel = "4.4";

    private static readonly string[] Parts =
        (Assembly.GetExecutingAssembly().GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0").Split('+', 2);

    public static string Number => Parts[0];

    /// <summary>The commit it was built from, shortened; "unknown" when it was built outside a clone.</summary>
    public static string Commit => Parts.Length > 1 ? Parts[1][..Math.Min(12, Parts[1].Length)] : "unknown";
}
