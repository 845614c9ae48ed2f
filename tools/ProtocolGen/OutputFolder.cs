namespace Moldau.ProtocolGen;

/// <summary>The folder of generated files: what is on disk compared with what should be.</summary>
public static class OutputFolder
{
    /// <summary>Paths that are missing, differ, or should not be there.</summary>
    public static List<string> OutOfDate(string folder, IReadOnlyDictionary<string, string> files)
    {
        var wrong = new List<string>();
        foreach ((string path, string text) in files)
        {
            string full = Path.Combine(folder, path);
            if (!File.Exists(full) || File.ReadAllText(full) != text)
            {
                wrong.Add(path);
            }
        }
        wrong.AddRange(Existing(folder).Where(path => !files.ContainsKey(path)));
        return wrong;
    }

    /// <summary>Writes what differs and deletes what should not be there; returns how many files it touched.</summary>
    public static int Update(string folder, IReadOnlyDictionary<string, string> files)
    {
        List<string> wrong = OutOfDate(folder, files);
        foreach (string path in wrong)
        {
            string full = Path.Combine(folder, path);
            if (files.TryGetValue(path, out string? text))
            {
                Directory.CreateDirectory(Path.GetDirectoryName(full)!);
                File.WriteAllText(full, text);
            }
            else
            {
                File.Delete(full);
            }
        }
        return wrong.Count;
    }

    private static IEnumerable<string> Existing(string folder) =>
        Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(folder, path).Replace('\\', '/'))
            : [];
}
