using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Copies the client's sources with two changes. What is awaited goes on where it was awaited, on the simulated process's scheduler: <c>ConfigureAwait</c> is asked for the captured context each time.
/// And the passages that a file of flaws names are replaced by ones that do the wrong thing while the flaw is on.
/// </summary>
public sealed class ClientRewriter : Task
{
    private static readonly Regex Passage = new Regex("<<<< (?<file>\\S+)\n(?<right>.*?)====\n(?<wrong>.*?)>>>>", RegexOptions.Singleline);

    [Required]
    public string Root { get; set; }

    [Required]
    public ITaskItem[] Sources { get; set; }

    [Required]
    public ITaskItem[] Flaws { get; set; }

    [Required]
    public string Destination { get; set; }

    public override bool Execute()
    {
        if (Directory.Exists(Destination))
        {
            Directory.Delete(Destination, true);
        }

        var texts = Sources.Select(source => source.GetMetadata("FullPath")).ToDictionary(path => path.Substring(Root.Length).Replace('\\', '/'), path => File.ReadAllText(path).Replace("\r\n", "\n"));
        var lost = new List<string>();
        foreach (string path in Flaws.Select(flaw => flaw.GetMetadata("FullPath")).OrderBy(path => path, StringComparer.Ordinal))
        {
            string name = Path.GetFileNameWithoutExtension(path);
            foreach (Match passage in Passage.Matches(File.ReadAllText(path).Replace("\r\n", "\n")))
            {
                string file = passage.Groups["file"].Value;
                string right = passage.Groups["right"].Value;
                int at = texts.TryGetValue(file, out string text) ? text.IndexOf(right, StringComparison.Ordinal) : -1;
                if (at < 0 || text.IndexOf(right, at + 1, StringComparison.Ordinal) >= 0)
                {
                    // Whoever changes the client must not have its build broken by this: the flaw's own test fails.
                    lost.Add(name);
                    continue;
                }

                texts[file] = text.Substring(0, at) + passage.Groups["wrong"].Value + text.Substring(at + right.Length);
            }
        }

        foreach (KeyValuePair<string, string> source in texts)
        {
            Write(source.Key, source.Value.Replace("ConfigureAwait(false)", "ConfigureAwait(true)").Replace("ConfigureAwait(ConfigureAwaitOptions.", "ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions."));
        }

        Write("LostFlaws.cs", "namespace Moldau.Client;\n\npublic static partial class ClientFlaws\n{\n    private static readonly string[] LostNames = [" + string.Join(", ", lost.Distinct().Select(name => "\"" + name + "\"")) + "];\n}\n");
        Write("rewritten", "");
        return true;
    }

    private void Write(string name, string text)
    {
        string path = Path.Combine(Destination, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path));
        File.WriteAllText(path, text);
    }
}
