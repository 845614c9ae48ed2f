using System.CommandLine;
using System.CommandLine.Completions;
using System.Globalization;
using Moldau.Client;
using Moldau.Configuration;

namespace Moldau.Cli;

/// <summary>Answers shells that complete a line: <c>moldau "[suggest:POSITION]" LINE</c>. Commands and options come from the tree, names of topics and groups from the cluster that the line names.</summary>
internal static class Suggestions
{
    private const string Directive = "[suggest";

    /// <summary>Somebody has pressed a key and waits.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static bool IsAsked(IReadOnlyList<string> line) => line[0].StartsWith(Directive, StringComparison.Ordinal) && line[0].EndsWith(']');

    public static Task<int> RunAsync(CliContext context, RootCommand root, IReadOnlyList<string> line) => Invoker.RunAsync(context, async cancellation =>
    {
        string text = line.Count > 1 ? line[1] : "";
        int position = int.TryParse(line[0].AsSpan(Directive.Length).Trim(":]"), NumberStyles.None, CultureInfo.InvariantCulture, out int given) ? Math.Min(given, text.Length) : text.Length;
        ParseResult parsed = root.Parse(text[..position]);
        var words = new SortedSet<string>(StringComparer.Ordinal);
        var asked = new Dictionary<ClusterNames, string>();
        foreach (CompletionItem item in parsed.GetCompletions(position))
        {
            if (ClusterNames.Of(item.Label) is { } names)
            {
                asked.TryAdd(names, names.WordOf(item.Label));
            }
            else
            {
                words.Add(item.InsertText ?? item.Label);
            }
        }

        foreach ((ClusterNames names, string word) in asked)
        {
            words.UnionWith((await NamesAsync(context, parsed, names, cancellation)).Where(name => name.StartsWith(word, StringComparison.Ordinal)));
        }

        // The tree suggests what contains the word; shells offer what begins with it.
        string begun = text[(text.LastIndexOf(' ', Math.Max(0, position - 1)) + 1)..position].TrimStart('"', '\'');
        foreach (string word in words.Where(word => word.StartsWith(begun, StringComparison.Ordinal)))
        {
            context.Out.WriteLine(word);
        }

        return CommandExit.Ok;
    });

    /// <summary>The names; none when the cluster cannot be asked: completion is no place for errors.</summary>
    private static async Task<IEnumerable<string>> NamesAsync(CliContext context, ParseResult parsed, ClusterNames names, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Patience, context.Seams.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            if (ClusterOptions.Of(parsed.CommandResult.Command) is not { } options)
            {
                return [];
            }

            await using Session session = options.Open(context, parsed);
            return await names.ListAsync(session.Admin, either.Token);
        }
        catch (Exception exception) when (exception is CliException or ConfigurationException or KafkaException or OperationCanceledException)
        {
            return [];
        }
    }
}
