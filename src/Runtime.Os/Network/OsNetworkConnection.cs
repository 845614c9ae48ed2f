using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Moldau.Runtime.Os;

/// <summary>A connected socket, never blocking.</summary>
internal sealed class OsNetworkConnection : INetworkConnection
{
    /// <summary>What is copied through this process to wait until the socket takes more; after it sendfile goes on. Measured as good as poll (PERFORMANCE: send from the page cache).</summary>
    private const int CopyBytes = 16 * 1024;

    private const int SendFileBytesMax = 0x7ffff000;
    private const int ErrnoIo = 5;

    private readonly Socket _socket;

    public OsNetworkConnection(Socket socket)
    {
        _socket = socket;

        // An accepted socket blocks until its first asynchronous call, and sendfile may come before that.
        _socket.Blocking = false;
        LocalEndPoint = Plain(socket.LocalEndPoint);
        RemoteEndPoint = Plain(socket.RemoteEndPoint);
    }

    public IPEndPoint LocalEndPoint { get; }

    public IPEndPoint RemoteEndPoint { get; }

    public ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            ValueTask<int> receive = _socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);
            return receive.IsCompletedSuccessfully ? receive : Received(receive);
        }
        catch (ObjectDisposedException failure)
        {
            throw Lost("receive from", failure);
        }
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        ValueTask<int> send;
        try
        {
            send = _socket.SendAsync(buffer, SocketFlags.None, cancellationToken);
        }
        catch (ObjectDisposedException failure)
        {
            throw Lost("send to", failure);
        }

        if (!send.IsCompletedSuccessfully)
        {
            return Sent(send, buffer, cancellationToken);
        }

        int count = send.Result;
        return count == buffer.Length ? ValueTask.CompletedTask : SendAsync(buffer[count..], cancellationToken);
    }

    public ValueTask SendAsync(ReadOnlyMemory<byte> buffer, bool moreFollows, CancellationToken cancellationToken)
    {
        if (!moreFollows || !OperatingSystem.IsLinux())
        {
            return SendAsync(buffer, cancellationToken);
        }

        // What the socket does not take now, or fails at, goes the common way, which waits and reports.
        int sent = TrySendMore(buffer.Span);
        return sent == buffer.Length ? ValueTask.CompletedTask : SendAsync(buffer[Math.Max(sent, 0)..], cancellationToken);
    }

    public ValueTask SendFileAsync(IDiskFile file, long position, long count, CancellationToken cancellationToken)
    {
        if (file is not LinuxDiskFile linux)
        {
            return CopyAsync(file, position, count, cancellationToken);
        }

        return TrySendFile(linux, ref position, ref count) ? ValueTask.CompletedTask : SendFileSlowlyAsync(linux, position, count, cancellationToken);
    }

    public void Dispose() => _socket.Dispose();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> Received(ValueTask<int> receive)
    {
        try
        {
            return await receive;
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            throw Lost("receive from", failure);
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask Sent(ValueTask<int> send, ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            int count = await send;
            while (count < buffer.Length)
            {
                buffer = buffer[count..];
                count = await _socket.SendAsync(buffer, SocketFlags.None, cancellationToken);
            }
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            throw Lost("send to", failure);
        }
    }

    private async ValueTask SendFileSlowlyAsync(LinuxDiskFile file, long position, long count, CancellationToken cancellationToken)
    {
        do
        {
            int copied = (int)Math.Min(count, CopyBytes);
            await CopyAsync(file, position, copied, cancellationToken);
            position += copied;
            count -= copied;
        }
        while (!TrySendFile(file, ref position, ref count));
    }

    private async ValueTask CopyAsync(IDiskFile file, long position, long count, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(count, CopyBytes * 4));
        try
        {
            while (count > 0)
            {
                int read = file.Read(buffer.AsSpan(0, (int)Math.Min(count, buffer.Length)), position);
                if (read == 0)
                {
                    throw Ended(file, position);
                }

                await SendAsync(buffer.AsMemory(0, read), cancellationToken);
                position += read;
                count -= read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private unsafe int TrySendMore(ReadOnlySpan<byte> bytes)
    {
        try
        {
            fixed (byte* first = bytes)
            {
                return (int)Libc.Send(_socket.SafeHandle, first, bytes.Length, Libc.SendMoreFollows | Libc.SendNoSignal | Libc.SendWithoutWaiting);
            }
        }
        catch (ObjectDisposedException failure)
        {
            throw Lost("send to", failure);
        }
    }

    /// <summary>Sends as much as the socket takes now; true when that was all.</summary>
    private unsafe bool TrySendFile(LinuxDiskFile file, ref long position, ref long count)
    {
        while (count > 0)
        {
            long at = position;
            nint sent;
            try
            {
                sent = Libc.SendFile(_socket.SafeHandle, file.Handle, &at, (nint)Math.Min(count, SendFileBytesMax));
            }
            catch (ObjectDisposedException failure)
            {
                throw Lost("send to", failure);
            }

            if (sent < 0)
            {
                int errno = Marshal.GetLastPInvokeError();
                switch (errno)
                {
                    case Errno.Again:
                        return false;
                    case Errno.Interrupted:
                        continue;
                    case ErrnoIo:
                        throw Errno.Of(errno, "sendfile", file.Path);
                    default:
                        throw new NetworkException($"sendfile to {RemoteEndPoint} failed: {Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})");
                }
            }

            if (sent == 0)
            {
                throw Ended(file, position);
            }

            position += sent;
            count -= sent;
        }

        return true;
    }

    private NetworkException Ended(IDiskFile file, long position) =>
        new($"send to {RemoteEndPoint} failed: {file.Path} ends at {position}, before the range that was promised");

    private NetworkException Lost(string what, Exception failure) => new($"{what} {RemoteEndPoint} failed: {failure.Message}", failure);

    /// <summary>A listener of both families shows IPv4 peers as mapped addresses; limits and access rules are about the IPv4 one.</summary>
    private static IPEndPoint Plain(EndPoint? endPoint)
    {
        var address = (IPEndPoint)endPoint!;
        return address.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(address.Address.MapToIPv4(), address.Port) : address;
    }
}
