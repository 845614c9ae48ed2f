using System.Globalization;
using System.Text;

namespace Moldau.Cli;

/// <summary>A command line of kcat, read as getopt reads it: letters may stand together, and a value may follow its letter at once. Immutable.</summary>
internal sealed record CatOptions
{
    private const string Flags = "PCLQeEJlOqvTuZVh";
    private const string Valued = "GtpbzoDKkHdFXcfsmr";

    public CatMode? Mode { get; init; }

    public string? GroupId { get; init; }

    /// <summary>-t; of a query topic:partition:time, as often as given.</summary>
    public IReadOnlyList<string> Topics { get; init; } = [];

    public int? Partition { get; init; }

    public string? Brokers { get; init; }

    public string? Compression { get; init; }

    public IReadOnlyList<string> Offsets { get; init; } = [];

    public byte[] Delimiter { get; init; } = "\n"u8.ToArray();

    public byte[]? KeyDelimiter { get; init; }

    /// <summary>The key of all messages that bring none.</summary>
    public byte[]? FixedKey { get; init; }

    public IReadOnlyList<KeyValuePair<string, byte[]?>> Headers { get; init; } = [];

    public string? ConfigFile { get; init; }

    /// <summary>-X: the client's configuration.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Properties { get; init; } = [];

    public long? Count { get; init; }

    public string? Format { get; init; }

    /// <summary>-m: how long the cluster may take to answer at first.</summary>
    public TimeSpan MetadataTimeout { get; init; } = TimeSpan.FromSeconds(5);

    public bool ExitsAtEnd { get; init; }

    public bool IsJson { get; init; }

    public bool ReadsLinesOfFile { get; init; }

    public bool ShowsOffset { get; init; }

    public bool IsQuiet { get; init; }

    public bool Tees { get; init; }

    public bool IsUnbuffered { get; init; }

    /// <summary>-Z: empty is null when producing, NULL is null when consuming.</summary>
    public bool EmptyIsNull { get; init; }

    public bool ShowsHelp { get; init; }

    /// <summary>Files to produce, or the topics of a group.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Reads the command line.</summary>
    /// <exception cref="CliException">An option that there is not, or a value that is wrong.</exception>
    public static CatOptions Parse(IReadOnlyList<string> args)
    {
        var options = new CatOptions();
        var rest = new List<string>();
        for (int i = 0; i < args.Count; i++)
        {
            string arg = args[i];
            if (arg == "--")
            {
                rest.AddRange(args.Skip(i + 1));
                break;
            }

            if (arg is "--help" or "-?")
            {
                options = options with { ShowsHelp = true };
            }
            else if (arg.Length < 2 || arg[0] != '-')
            {
                rest.Add(arg);
            }
            else
            {
                options = Letters(options, args, ref i);
            }
        }

        return options with { Arguments = rest };
    }

    private static CatOptions Letters(CatOptions options, IReadOnlyList<string> args, ref int i)
    {
        string arg = args[i];
        for (int at = 1; at < arg.Length; at++)
        {
            char letter = arg[at];
            if (Flags.Contains(letter, StringComparison.Ordinal))
            {
                options = options.WithFlag(letter);
            }
            else if (Valued.Contains(letter, StringComparison.Ordinal))
            {
                string value = at + 1 < arg.Length ? arg[(at + 1)..] : i + 1 < args.Count ? args[++i] : throw CliException.Usage($"-{letter} needs a value");
                return options.WithValue(letter, value);
            }
            else
            {
                throw CliException.Usage($"there is no option -{letter} ({arg})", "moldau cat -h shows the options; they are kcat's");
            }
        }

        return options;
    }

    private CatOptions WithFlag(char letter) => letter switch
    {
        'P' => WithMode(CatMode.Produce),
        'C' => WithMode(CatMode.Consume),
        'L' => WithMode(CatMode.List),
        'Q' => WithMode(CatMode.Query),
        'e' => this with { ExitsAtEnd = true },
        'J' => this with { IsJson = true },
        'l' => this with { ReadsLinesOfFile = true },
        'O' => this with { ShowsOffset = true },
        'q' => this with { IsQuiet = true },
        'T' => this with { Tees = true },
        'u' => this with { IsUnbuffered = true },
        'Z' => this with { EmptyIsNull = true },
        'V' or 'h' => this with { ShowsHelp = true },
        // -E and -v: an error that passes never ends this program, and it says no more than it must.
        _ => this,
    };

    private CatOptions WithValue(char letter, string value) => letter switch
    {
        'G' => WithMode(CatMode.Group) with { GroupId = value },
        't' => this with { Topics = [.. Topics, value] },
        'p' => this with { Partition = (int)Number(letter, value, -1, int.MaxValue) },
        'b' => this with { Brokers = value },
        'z' => this with { Compression = value },
        'o' => this with { Offsets = [.. Offsets, value] },
        'D' => this with { Delimiter = Escapes.OfDelimiter("-D", value) },
        'K' => this with { KeyDelimiter = Escapes.OfDelimiter("-K", value) },
        'k' => this with { FixedKey = Encoding.UTF8.GetBytes(value) },
        'H' => this with { Headers = [.. Headers, Header(value)] },
        'F' => this with { ConfigFile = value is "-" or "none" ? null : value },
        'X' => this with { Properties = [.. Properties, ClientFile.Pair("-X", value)] },
        'c' => this with { Count = Number(letter, value, 1, long.MaxValue) },
        'f' => this with { Format = value },
        'm' => this with { MetadataTimeout = TimeSpan.FromSeconds(Number(letter, value, 1, 86400)) },
        'd' => throw CliException.Usage("-d is librdkafka's own debugging, which is not here", "what the node says is in its log"),
        _ => throw CliException.Usage($"-{letter} {value}: deserializers are not here yet", "without -s keys and values are printed as they are"),
    };

    private CatOptions WithMode(CatMode mode) =>
        Mode is { } other && other != mode ? throw CliException.Usage($"only one of -P, -C, -L, -Q and -G can be given: {other} and {mode} were asked for") : this with { Mode = mode };

    private static KeyValuePair<string, byte[]?> Header(string text)
    {
        int equals = text.IndexOf('=');
        return equals > 0
            ? new(text[..equals], Encoding.UTF8.GetBytes(text[(equals + 1)..]))
            : equals < 0 && text.Length > 0 ? new(text, null) : throw CliException.Usage($"-H {text}: it must be NAME=VALUE, or NAME for a header without value");
    }

    private static long Number(char letter, string value, long least, long most) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) && number >= least && number <= most
            ? number
            : throw CliException.Usage($"-{letter} {value}: it must be a number of at least {least}");
}
