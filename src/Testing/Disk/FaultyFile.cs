using Moldau.Runtime;

namespace Moldau.Testing;

/// <summary>An open file of a <see cref="FaultyDisk"/>.</summary>
internal sealed class FaultyFile(IDiskFile file, DiskFaults faults) : IDiskFile
{
    /// <summary>The file without faults, for a connection that sends it without a copy.</summary>
    public IDiskFile Inner => file;

    public string Path => file.Path;

    public long Length => file.Length;

    public int Read(Span<byte> destination, long position) => file.Read(destination, position);

    public void Write(ReadOnlySpan<byte> source, long position)
    {
        BeforeWrite(position + source.Length);
        file.Write(source, position);
    }

    public void Write(IReadOnlyList<ReadOnlyMemory<byte>> sources, long position)
    {
        var end = position;
        for (var i = 0; i < sources.Count; i++)
        {
            end += sources[i].Length;
        }

        BeforeWrite(end);
        file.Write(sources, position);
    }

    public void SetLength(long length)
    {
        faults.BeforeChange("truncate", Path, grows: length > file.Length);
        file.SetLength(length);
    }

    public void Preallocate(long length)
    {
        faults.BeforeChange("preallocate", Path, grows: length > file.Length);
        file.Preallocate(length);
    }

    public void Reserve(long length) => file.Reserve(length);

    public void Sync(bool dataOnly)
    {
        faults.OnSync();
        faults.BeforeChange("sync", Path);
        file.Sync(dataOnly);
    }

    public void Dispose() => file.Dispose();

    private void BeforeWrite(long end)
    {
        faults.OnWrite();
        faults.BeforeChange("write", Path, grows: end > file.Length);
    }
}
