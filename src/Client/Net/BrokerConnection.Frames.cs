using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Moldau.Protocol;
using Moldau.Runtime;

namespace Moldau.Client;

/// <summary>Bytes out and in.</summary>
internal sealed partial class BrokerConnection
{
    /// <summary>Pieces up to this size are copied together: a system call of their own costs more.</summary>
    private const int GatherBytesMax = 32 * 1024;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendFrameAsync(PendingRequest pending, IReadOnlyList<ReadOnlyMemory<byte>> body)
    {
        byte[] gathered = WriteHeader(pending, body, out int length);
        try
        {
            for (int i = 0; i < body.Count; i++)
            {
                ReadOnlyMemory<byte> piece = body[i];
                if (piece.Length > gathered.Length - length)
                {
                    await _connection.SendAsync(gathered.AsMemory(0, length), _closing.Token).ConfigureAwait(false);
                    length = 0;
                }

                if (piece.Length > gathered.Length)
                {
                    await _connection.SendAsync(piece, _closing.Token).ConfigureAwait(false);
                    continue;
                }

                piece.CopyTo(gathered.AsMemory(length));
                length += piece.Length;
            }

            if (length > 0)
            {
                await _connection.SendAsync(gathered.AsMemory(0, length), _closing.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            throw new NetworkException($"the connection to {_peer} was closed");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(gathered);
        }
    }

    private byte[] WriteHeader(PendingRequest pending, IReadOnlyList<ReadOnlyMemory<byte>> body, out int length)
    {
        var writer = new MessageWriter(GatherBytesMax);
        try
        {
            int size = writer.ReserveInt32();
            writer.WriteInt16((short)pending.Api.Key);
            writer.WriteInt16(pending.Version);
            writer.WriteInt32(pending.CorrelationId);
            writer.WriteNullableString(_clientId, compact: false);
            if (pending.Api.IsFlexible(pending.Version))
            {
                writer.WriteUnsignedVarint(0);
            }

            int bytes = writer.Position - sizeof(int);
            for (int i = 0; i < body.Count; i++)
            {
                bytes += body[i].Length;
            }

            writer.PatchInt32(size, bytes);
            return writer.Detach(out length);
        }
        finally
        {
            writer.Dispose();
        }
    }

    /// <summary>Runs as long as the connection does.</summary>
    private async Task ReceiveAsync()
    {
        using var reader = new FrameReader(_connection, Rent);
        try
        {
            while (await reader.ReadAsync(_closing.Token).ConfigureAwait(false) is { } frame)
            {
                Take(frame.Array, frame.Length);
            }

            Fail(new DisconnectedException($"{_peer} closed the connection"));
        }
        catch (NetworkException lost)
        {
            Fail(new DisconnectedException($"the connection to {_peer} was lost: {lost.Message}", lost));
        }
        catch (ProtocolException malformed)
        {
            Fail(new DisconnectedException($"{_peer} sent what is no response: {malformed.Message}", malformed));
        }
        catch (OperationCanceledException)
        {
            // The connection was closed here, which whoever waits has been told.
        }
    }

    /// <summary>Where the next response is received to: its receiver says. What nobody has asked for is refused when it is here.</summary>
    private byte[] Rent(int sizeBytes)
    {
        PendingRequest pending;
        bool isAsked;
        lock (_gate)
        {
            isAsked = _pending.TryPeek(out pending);
        }

        return isAsked ? pending.Receiver!.Rent(sizeBytes) : ArrayPool<byte>.Shared.Rent(sizeBytes);
    }

    private void Take(byte[] frame, int length)
    {
        PendingRequest pending;
        bool isAsked;
        lock (_gate)
        {
            isAsked = _pending.TryPeek(out pending);
        }

        int correlationId = BinaryPrimitives.ReadInt32BigEndian(frame);
        if (!isAsked || pending.CorrelationId != correlationId)
        {
            throw new ProtocolException($"the response has the correlation id {correlationId}, {(!isAsked ? "and nothing was asked" : $"and {pending.CorrelationId} is due")}");
        }

        var reader = new MessageReader(frame.AsMemory(0, length));
        ResponseFrame.ReadHeader(ref reader, pending.Api, pending.Version);
        lock (_gate)
        {
            // Whoever has found the connection lost meanwhile has told all that waited.
            isAsked = _pending.TryDequeue(out _);
        }

        if (isAsked)
        {
            pending.Receiver!.Complete(frame, length, reader.Position, pending.Version);
        }
    }
}
