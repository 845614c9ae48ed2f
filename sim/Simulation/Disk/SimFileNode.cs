namespace Moldau.Simulation;

/// <summary>
/// The content of a file twice: as processes see it (the page cache) and as it is on the device. Sectors that differ are dirty; a power loss decides for each of them.
/// It outlives its name while handles are open.
/// </summary>
internal sealed class SimFileNode
{
    public const int SectorBytes = 512;

    private readonly SortedSet<int> _dirty = [];
    private byte[] _durable = [];
    private long _durableLength;

    public byte[] Content { get; private set; } = [];

    public long Length { get; private set; }

    public DateTimeOffset Modified { get; set; }

    public void Write(ReadOnlySpan<byte> source, long position)
    {
        long end = position + source.Length;
        if (end > Length)
        {
            Resize(end);
        }

        source.CopyTo(Content.AsSpan((int)position));
        MarkDirty(position, end);
    }

    public int Read(Span<byte> destination, long position)
    {
        if (position >= Length)
        {
            return 0;
        }

        int count = (int)Math.Min(destination.Length, Length - position);
        Content.AsSpan((int)position, count).CopyTo(destination);
        return count;
    }

    public void Resize(long length)
    {
        long before = Length;
        if (length > Content.Length)
        {
            byte[] larger = new byte[Math.Max(length, Content.Length * 2L)];
            Content.AsSpan(0, (int)Length).CopyTo(larger);
            Content = larger;
        }
        else if (length < Length)
        {
            Content.AsSpan((int)length, (int)(Length - length)).Clear();
        }

        Length = length;
        MarkDirty(Math.Min(before, length), Math.Max(before, length));
    }

    public void Sync()
    {
        Persist(_dirty);
        _durableLength = Length;
        _dirty.Clear();
    }

    /// <summary>A failed fsync: the kernel takes the pages for clean, the device never gets them.</summary>
    public void LoseDirty() => _dirty.Clear();

    /// <summary>The power goes: what was not synced is there, lost, or there in part, sector by sector.</summary>
    public void LosePower(SimRandom random)
    {
        long length = _durableLength;
        switch (random.Next(4))
        {
            case 0:
                break;
            case 1:
                Persist(_dirty);
                length = Length;
                break;
            case 2:
                int[] first = [.. _dirty.Take(random.Next(_dirty.Count + 1))];
                Persist(first);
                long reached = first.Length == 0 ? 0 : Math.Min(Length, (first[^1] + 1L) * SectorBytes);
                length = Math.Max(_durableLength, reached);
                break;
            default:
                Persist(_dirty.Where(_ => random.OneIn(2)).ToArray());
                length = random.OneIn(2) ? Length : _durableLength;
                break;
        }

        Content = new byte[length];
        _durable.AsSpan(0, (int)Math.Min(length, _durable.Length)).CopyTo(Content);
        _durable = Content.AsSpan().ToArray();
        Length = _durableLength = length;
        _dirty.Clear();
    }

    public void FlipBit(long bit) => Content[bit / 8] ^= (byte)(1 << (int)(bit % 8));

    private void Persist(IReadOnlyCollection<int> sectors)
    {
        if (_durable.Length < Content.Length)
        {
            Array.Resize(ref _durable, Content.Length);
        }

        foreach (int sector in sectors)
        {
            int from = sector * SectorBytes;
            int count = Math.Min(SectorBytes, Content.Length - from);
            if (count > 0)
            {
                Content.AsSpan(from, count).CopyTo(_durable.AsSpan(from));
            }
        }
    }

    private void MarkDirty(long from, long to)
    {
        for (long sector = from / SectorBytes; sector * SectorBytes < to; sector++)
        {
            _dirty.Add((int)sector);
        }
    }
}
