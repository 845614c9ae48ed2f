namespace Moldau.Storage;

/// <summary>A file of the log directory does not hold what it must; names the file and what is wrong with it. Not a failure of the device: that is a
/// DiskException.</summary>
public sealed class CorruptFileException : Exception
{
    public CorruptFileException(string path, string reason)
        : base($"{path}: {reason}")
    {
        Path = path;
        Reason = reason;
    }

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>What is wrong with it.</summary>
    public string Reason { get; }
}
