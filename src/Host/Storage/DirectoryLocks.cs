using Moldau.Runtime;

namespace Moldau.Host;

/// <summary>The locks on <c>.lock</c> in each log directory, which Apache Kafka takes as well: two processes never share a directory. Owned by the node's composition.</summary>
internal sealed class DirectoryLocks : IDisposable
{
    private readonly List<IDisposable> _locks = [];

    private DirectoryLocks()
    {
    }

    /// <summary>Makes missing directories and locks all; throws <see cref="StorageException"/> naming the one that is in use.</summary>
    public static DirectoryLocks Take(IDisk disk, IReadOnlyList<string> directories)
    {
        var locks = new DirectoryLocks();
        foreach (string directory in directories)
        {
            disk.CreateDirectory(directory);
            if (disk.TryLock($"{directory}/.lock") is not { } held)
            {
                locks.Dispose();
                throw new StorageException($"{directory} is in use by another process, which holds the lock on {directory}/.lock");
            }

            locks._locks.Add(held);
        }

        return locks;
    }

    public void Dispose()
    {
        foreach (IDisposable held in _locks)
        {
            held.Dispose();
        }

        _locks.Clear();
    }
}
