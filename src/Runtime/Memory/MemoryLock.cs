namespace Moldau.Runtime.Memory;

internal sealed class MemoryLock(MemoryDisk disk, string path) : IDisposable
{
    public void Dispose() => disk.Unlock(path);
}
