using System.Net;
using Moldau.Core;

namespace Moldau.Runtime;

/// <summary>
/// One direction of a <see cref="MemoryNetworkConnection"/>: a bounded ring of bytes with at most one reader and one writer waiting. Waiters are completed outside the lock,
/// on the thread that made it possible or, where the continuations are asynchronous, on the thread pool.
/// </summary>
internal sealed class MemoryPipe(int capacityBytes, TaskCreationOptions continuations)
{
    private readonly Lock _gate = new();
    private byte[] _ring = new byte[Math.Min(capacityBytes, 4096)];
    private int _start;
    private int _count;
    private bool _writingClosed;
    private bool _readingClosed;
    private TaskCompletionSource? _readable;
    private TaskCompletionSource? _writable;

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, IPEndPoint peer, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            TaskCompletionSource? wait = null;
            TaskCompletionSource? wake = null;
            int taken = 0;
            lock (_gate)
            {
                if (_readingClosed)
                {
                    throw new NetworkException($"receive from {peer} failed: the connection is closed");
                }

                if (_count > 0 || _writingClosed)
                {
                    taken = Take(buffer.Span);
                    wake = Exchange(ref _writable);
                }
                else
                {
                    Invariant.That(_readable is null);
                    wait = _readable = new TaskCompletionSource(continuations);
                }
            }

            wake?.TrySetResult();
            if (wait is null)
            {
                return taken;
            }

            await Wait(wait, cancellationToken);
        }
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, IPEndPoint peer, CancellationToken cancellationToken)
    {
        while (!buffer.IsEmpty)
        {
            cancellationToken.ThrowIfCancellationRequested();
            TaskCompletionSource? wait = null;
            TaskCompletionSource? wake = null;
            lock (_gate)
            {
                if (_writingClosed || _readingClosed)
                {
                    throw new NetworkException($"send to {peer} failed: the connection is closed");
                }

                int taken = Put(buffer.Span);
                buffer = buffer[taken..];
                wake = taken > 0 ? Exchange(ref _readable) : null;
                if (!buffer.IsEmpty)
                {
                    Invariant.That(_writable is null);
                    wait = _writable = new TaskCompletionSource(continuations);
                }
            }

            wake?.TrySetResult();
            if (wait is not null)
            {
                await Wait(wait, cancellationToken);
            }
        }
    }

    public void CloseWriting() => Close(ref _writingClosed);

    public void CloseReading() => Close(ref _readingClosed);

    private void Close(ref bool closed)
    {
        TaskCompletionSource? reader;
        TaskCompletionSource? writer;
        lock (_gate)
        {
            closed = true;
            reader = Exchange(ref _readable);
            writer = Exchange(ref _writable);
        }

        reader?.TrySetResult();
        writer?.TrySetResult();
    }

    private async ValueTask Wait(TaskCompletionSource wait, CancellationToken cancellationToken)
    {
        if (!cancellationToken.CanBeCanceled)
        {
            await wait.Task;
            return;
        }

        await using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
            static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), wait);
        try
        {
            await wait.Task;
        }
        catch (OperationCanceledException)
        {
            lock (_gate)
            {
                _readable = _readable == wait ? null : _readable;
                _writable = _writable == wait ? null : _writable;
            }

            throw;
        }
    }

    private int Take(Span<byte> destination)
    {
        int taken = Math.Min(destination.Length, _count);
        int first = Math.Min(taken, _ring.Length - _start);
        _ring.AsSpan(_start, first).CopyTo(destination);
        _ring.AsSpan(0, taken - first).CopyTo(destination[first..]);
        _start = (_start + taken) % _ring.Length;
        _count -= taken;
        return taken;
    }

    private int Put(ReadOnlySpan<byte> source)
    {
        int taken = Math.Min(source.Length, capacityBytes - _count);
        if (_count + taken > _ring.Length)
        {
            Grow(_count + taken);
        }

        int end = (_start + _count) % _ring.Length;
        int first = Math.Min(taken, _ring.Length - end);
        source[..first].CopyTo(_ring.AsSpan(end));
        source[first..taken].CopyTo(_ring);
        _count += taken;
        return taken;
    }

    private void Grow(int atLeast)
    {
        byte[] larger = new byte[Math.Min(capacityBytes, Math.Max(atLeast, _ring.Length * 2))];
        int count = Take(larger);
        _ring = larger;
        _start = 0;
        _count = count;
    }

    private static TaskCompletionSource? Exchange(ref TaskCompletionSource? field)
    {
        TaskCompletionSource? value = field;
        field = null;
        return value;
    }
}
