using System.CommandLine;
using System.CommandLine.Completions;
using Moldau.Client;

namespace Moldau.Cli;

/// <summary>
/// Names that the cluster knows, for completion. The tree of commands only marks where they go, since its sources cannot wait: <see cref="Suggestions"/> finds the mark and asks the cluster.
/// </summary>
internal sealed class ClusterNames
{
    public static readonly ClusterNames Topics = new("\u0001topics:", async (admin, cancellation) => (await admin.ListTopicsAsync(null, cancellation)).Select(topic => topic.Name));

    public static readonly ClusterNames Groups = new("\u0001groups:", async (admin, cancellation) => (await admin.ListGroupsAsync(null, cancellation)).Select(group => group.GroupId));

    private readonly string _mark;
    private readonly Func<AdminClient, CancellationToken, Task<IEnumerable<string>>> _list;

    private ClusterNames(string mark, Func<AdminClient, CancellationToken, Task<IEnumerable<string>>> list)
    {
        _mark = mark;
        _list = list;
    }

    /// <summary>Has an option or argument complete with these names. The word goes along: what does not contain it is filtered out.</summary>
    public void Complete(List<Func<CompletionContext, IEnumerable<CompletionItem>>> sources) => sources.Add(context => [new CompletionItem(_mark + context.WordToComplete)]);

    /// <summary>Which names a suggestion stands for; null when it stands for itself.</summary>
    public static ClusterNames? Of(string suggestion) => suggestion.StartsWith(Topics._mark, StringComparison.Ordinal) ? Topics : suggestion.StartsWith(Groups._mark, StringComparison.Ordinal) ? Groups : null;

    /// <summary>The word that a mark was made for.</summary>
    public string WordOf(string mark) => mark[_mark.Length..];

    public Task<IEnumerable<string>> ListAsync(AdminClient admin, CancellationToken cancellationToken) => _list(admin, cancellationToken);
}
