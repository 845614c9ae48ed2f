using System.Net;
using Moldau.Runtime;

namespace Moldau.Simulation;

/// <summary>
/// One direction of a connection: bytes leave in segments, travel for a time drawn for each but stay in order, and wait for a reader, who takes them in pieces of any size. The sender waits
/// while too many bytes are under way or unread.
/// </summary>
internal sealed class SimStream
{
    private readonly SimNetwork _network;
    private readonly Queue<ReadOnlyMemory<byte>> _arrived = new();
    private readonly int _windowBytes;
    private readonly bool _isSlow;
    private long _lastArrival;
    private int _offset;
    private int _outstanding;
    private bool _isFull;
    private bool _writingClosed;
    private bool _ended;
    private bool _readingClosed;
    private bool _lost;
    private bool _writerKnows;
    private bool _readerKnows;
    private TaskCompletionSource? _readable;
    private TaskCompletionSource? _writable;

    public SimStream(SimNetwork network)
    {
        _network = network;
        _windowBytes = 1 << network.Random.Next(10, 17);
        _isSlow = network.Random.OneIn(8);
    }

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, IPEndPoint peer, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_readingClosed || _readerKnows)
            {
                throw new NetworkException($"receive from {peer} failed: the connection is {(_readingClosed ? "closed" : "lost")}");
            }

            if (_arrived.Count > 0)
            {
                return Take(buffer.Span);
            }

            if (_ended)
            {
                return 0;
            }

            _readable = new TaskCompletionSource();
            await Wait(_readable, cancellationToken);
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, IPEndPoint peer, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
        {
            await WaitForRoomAsync(peer, cancellationToken);
            int room = Math.Min(buffer.Length, _windowBytes - _outstanding);
            int length = _network.Random.OneIn(4) ? _network.Random.Next(1, room + 1) : room;
            Depart(_network.Bug == OtherBug.BufferReused ? buffer[..length] : buffer[..length].ToArray());
            buffer = buffer[length..];
        }
    }

    public async ValueTask WaitForRoomAsync(IPEndPoint peer, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_lost && !_writerKnows)
            {
                // Nobody is there any more: the answer to what is sent now says so.
                LearnSoon(isWriter: true);
            }

            if (_writingClosed || _writerKnows || _readingClosed)
            {
                throw new NetworkException($"send to {peer} failed: the connection is {(_writingClosed ? "closed" : "lost")}");
            }

            // A window that was full opens again when half of it is free, as that of TCP does (RFC 9293, 3.8.6.2.2). If each byte that is read let
            // one byte be sent, segments of one byte, once there were any, would never grow again: a large answer would go through a slow
            // connection byte by byte, and with little latency so many of them in a millisecond that the world takes it for something that spins.
            _isFull = _outstanding >= (_isFull ? (_windowBytes / 2) + 1 : _windowBytes);
            if (!_isFull)
            {
                return;
            }

            _writable = new TaskCompletionSource();
            await Wait(_writable, cancellationToken);
        }
    }

    public void CloseWriting()
    {
        _writingClosed = true;
        Wake(ref _writable);
        Arrive(() =>
        {
            _ended = true;
            Wake(ref _readable);
        });
    }

    public void CloseReading()
    {
        _readingClosed = true;
        _arrived.Clear();
        Wake(ref _readable);
        Wake(ref _writable);
    }

    public void Cut(bool silently)
    {
        _lost = true;
        if (!silently)
        {
            LearnSoon(isWriter: false);
            LearnSoon(isWriter: true);
        }
    }

    private void LearnSoon(bool isWriter)
    {
        long when = _network.World.Ticks + _network.DrawLatencyTicks();
        _network.World.At(when, () =>
        {
            _writerKnows |= isWriter;
            _readerKnows |= !isWriter;
            Wake(ref _readable);
            Wake(ref _writable);
        });
    }

    private void Depart(ReadOnlyMemory<byte> segment)
    {
        _outstanding += segment.Length;
        Arrive(() =>
        {
            _outstanding -= _readingClosed ? segment.Length : 0;
            if (_readingClosed)
            {
                Wake(ref _writable);
                return;
            }

            _arrived.Enqueue(segment);
            Wake(ref _readable);
        });
    }

    private void Arrive(Action arrived)
    {
        _lastArrival = Math.Max(_lastArrival, _network.World.Ticks + _network.DrawLatencyTicks());
        _network.World.At(_lastArrival, () =>
        {
            // Of what was under way when the connection was lost, some first part may still have come through: segments come in order, and none after the loss.
            if (!_lost)
            {
                arrived();
            }
        });
        if (_isSlow)
        {
            _lastArrival += 20 * _network.DrawLatencyTicks();
        }
    }

    private int Take(Span<byte> destination)
    {
        ReadOnlySpan<byte> segment = _arrived.Peek().Span[_offset..];
        int count = Math.Min(destination.Length, segment.Length);
        if (_isSlow && count > 1)
        {
            count = _network.Random.Next(1, count + 1);
        }

        segment[..count].CopyTo(destination);
        _offset += count;
        if (count == segment.Length)
        {
            _arrived.Dequeue();
            _offset = 0;
        }

        _outstanding -= count;
        Wake(ref _writable);
        return count;
    }

    private static async Task Wait(TaskCompletionSource wait, CancellationToken cancellationToken)
    {
        await using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), wait);
        await wait.Task;
    }

    private static void Wake(ref TaskCompletionSource? waiting)
    {
        TaskCompletionSource? woken = waiting;
        waiting = null;
        woken?.TrySetResult();
    }
}
