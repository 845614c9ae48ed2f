namespace Moldau.Runtime;

/// <summary>What takes more than one call of <see cref="IDisk"/>.</summary>
public static class DiskExtensions
{
    /// <summary>
    /// Makes the directory and its missing parents so that a power loss does not take them: each new name is synced in the directory above it. The last is synced even when it is there
    /// already, as a process that died may have made it and not come to sync it.
    /// </summary>
    public static void CreateDirectoryDurably(this IDisk disk, string path)
    {
        List<string> parents = [ParentOf(path)];
        while (!disk.DirectoryExists(parents[^1]) && ParentOf(parents[^1]) != parents[^1])
        {
            parents.Add(ParentOf(parents[^1]));
        }

        disk.CreateDirectory(path);
        foreach (string parent in parents)
        {
            disk.SyncDirectory(parent);
        }
    }

    private static string ParentOf(string path)
    {
        string trimmed = path.TrimEnd('/');
        int slash = trimmed.LastIndexOf('/');
        return slash > 0 ? trimmed[..slash] : slash == 0 || path.StartsWith('/') ? "/" : ".";
    }
}
