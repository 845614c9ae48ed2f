namespace Moldau.Simulation;

internal sealed class SimLock(SimDisk disk, string path) : IDisposable
{
    public void Dispose() => disk.Unlock(path);
}
