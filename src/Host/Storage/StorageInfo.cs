using Moldau.Configuration;
using Moldau.Runtime;

namespace Moldau.Host;

/// <summary><c>storage info</c>: what is known of the log directories, in the words of Apache Kafka's tool.</summary>
internal static class StorageInfo
{
    /// <summary>Prints, and gives the exit code: 1 when there is a problem.</summary>
    public static int Print(TextWriter output, IDisk disk, IReadOnlyList<string> directories)
    {
        List<string> problems = [];
        List<string> found = [];
        Dictionary<string, string>? metadata = null;
        foreach (string directory in directories)
        {
            if (!disk.DirectoryExists(directory))
            {
                problems.Add(disk.FileExists(directory) ? $"{directory} is not a directory" : $"{directory} does not exist");
                continue;
            }

            found.Add(directory);
            Inspect(disk, directory, problems, ref metadata);
        }

        PrintList(output, "Found log director", found);
        if (metadata is not null)
        {
            output.WriteLine($"Found metadata: {{{string.Join(", ", metadata.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={p.Value}"))}}}");
            output.WriteLine();
        }

        if (problems.Count > 0)
        {
            output.WriteLine(problems.Count == 1 ? "Found problem:" : "Found problems:");
            problems.ForEach(problem => output.WriteLine($"  {problem}"));
            output.WriteLine();
        }

        return problems.Count == 0 ? ExitCode.Ok : ExitCode.Failed;
    }

    private static void Inspect(IDisk disk, string directory, List<string> problems, ref Dictionary<string, string>? metadata)
    {
        Dictionary<string, string>? own;
        try
        {
            own = StorageDirectories.ReadMeta(disk, directory);
        }
        catch (Exception exception) when (exception is DiskException or ConfigurationException)
        {
            problems.Add($"Error loading {directory}/{StorageDirectories.MetaProperties}: {exception.Message}");
            return;
        }

        if (own is null)
        {
            problems.Add($"{directory} is not formatted.");
        }
        else if (metadata is null)
        {
            metadata = own;
        }
        else if (own.GetValueOrDefault("cluster.id") != metadata.GetValueOrDefault("cluster.id"))
        {
            problems.Add("Mismatched cluster IDs between storage directories.");
        }
        else if (own.GetValueOrDefault("node.id") != metadata.GetValueOrDefault("node.id"))
        {
            problems.Add("Mismatched node IDs between storage directories.");
        }
    }

    private static void PrintList(TextWriter output, string what, List<string> items)
    {
        if (items.Count == 0)
        {
            return;
        }

        output.WriteLine(items.Count == 1 ? $"{what}y:" : $"{what}ies:");
        items.ForEach(item => output.WriteLine($"  {item}"));
        output.WriteLine();
    }
}
