using System.Text;
using System.Text.RegularExpressions;

namespace Moldau.Core.Scram;

/// <summary>The grammar of SCRAM's messages (RFC 5802, section 7) in the form that Apache Kafka accepts: ASCII, no channel binding.</summary>
internal static partial class ScramSyntax
{
    private const string SaslName = @"(?:[\x01-\x2B\x2D-\x3C\x3E-\x7F]|=2C|=3D)+";
    private const string Value = @"[\x01-\x2B\x2D-\x7F]+";
    private const string ValueWithoutEquals = @"[\x01-\x2B\x2D-\x3C\x3E-\x7F]+";
    private const string Printable = @"[\x21-\x2B\x2D-\x7E]+";
    private const string Base64 = @"(?:[a-zA-Z0-9/+]{4})*(?:[a-zA-Z0-9/+]{3}=|[a-zA-Z0-9/+]{2}==)?";
    private const string Mandatory = $"(?:m={Value},)?";
    private const string Extensions = $"(?:,[A-Za-z]+={Value})*";

    /// <summary>The groups are authzid, bare, saslname, nonce, extensions.</summary>
    [GeneratedRegex($@"\An,(?:a=(?<authzid>{SaslName}))?,{Mandatory}(?<bare>n=(?<saslname>{SaslName}),r=(?<nonce>{Printable})(?<extensions>{Extensions}))\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    public static partial Regex ClientFirst { get; }

    /// <summary>The groups are nonce, salt, iterations.</summary>
    [GeneratedRegex($@"\A{Mandatory}r=(?<nonce>{Printable}),s=(?<salt>{Base64}),i=(?<iterations>[0-9]+){Extensions}\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    public static partial Regex ServerFirst { get; }

    /// <summary>The groups are unproven, channel, nonce, proof.</summary>
    [GeneratedRegex($@"\A(?<unproven>c=(?<channel>{Base64}),r=(?<nonce>{Printable}){Extensions}),p=(?<proof>{Base64})\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    public static partial Regex ClientFinal { get; }

    /// <summary>The groups are error, signature.</summary>
    [GeneratedRegex($@"\A(?:e=(?<error>{ValueWithoutEquals})|v=(?<signature>{Base64}){Extensions})\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    public static partial Regex ServerFinal { get; }

    /// <summary>The text of a message; bytes that are no UTF-8 become characters that no message may hold.</summary>
    public static string TextOf(ReadOnlySpan<byte> message) => Encoding.UTF8.GetString(message);

    /// <summary>A user name as it stands in a message.</summary>
    public static string Escape(string name) =>
        name.Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal);

    /// <summary>The user name that stands in a message.</summary>
    public static string Unescape(string saslName) =>
        saslName.Replace("=2C", ",", StringComparison.Ordinal).Replace("=3D", "=", StringComparison.Ordinal);
}
