using Moldau.Runtime;

namespace Moldau.Storage;

/// <summary>A use of an open file, for the length of a block.</summary>
internal readonly struct LogFileLease(LogFile owner, IDiskFile file) : IDisposable
{
    public IDiskFile File { get; } = file;

    public void Dispose() => owner.Release();
}
