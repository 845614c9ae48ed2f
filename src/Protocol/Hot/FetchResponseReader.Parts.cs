using System.Text;
using Moldau.Core;

namespace Moldau.Protocol;

/// <summary>The parts of the walk that few responses have: aborted transactions, other leaders and where these are.</summary>
public ref partial struct FetchResponseReader
{
    private const int EndpointBytesMin = 11;

    /// <summary>Where a broker is that the response names as a leader (KIP-951); makes strings. False when the response does not say.</summary>
    public readonly bool TryFindEndpoint(BrokerId nodeId, out string host, out int port, out string? rack)
    {
        (host, port, rack) = ("", 0, null);
        if (_endpointsAt == 0)
        {
            return false;
        }
        var reader = new MessageReader(_body[_endpointsAt..]);
        for (int left = reader.ReadArrayLength(true, EndpointBytesMin, "NodeEndpoints"); left > 0; left--)
        {
            ReadOnlySpan<byte> rackBytes = ReadEndpoint(ref reader, out int id, out ReadOnlySpan<byte> hostBytes, out port, out bool hasRack);
            if (id == nodeId.Value)
            {
                host = Encoding.UTF8.GetString(hostBytes);
                rack = hasRack ? Encoding.UTF8.GetString(rackBytes) : null;
                return true;
            }
        }
        port = 0;
        return false;
    }

    private static ReadOnlySpan<byte> ReadEndpoint(ref MessageReader reader, out int id, out ReadOnlySpan<byte> host, out int port, out bool hasRack)
    {
        id = reader.ReadInt32();
        host = reader.ReadStringBytes(true, "Host", out bool isNull);
        if (isNull)
        {
            throw new ProtocolException("the host of a node is null in a Fetch response");
        }
        port = reader.ReadInt32();
        ReadOnlySpan<byte> rack = reader.ReadStringBytes(true, "Rack", out isNull);
        hasRack = !isNull;
        reader.SkipTaggedFields();
        return rack;
    }

    private void ReadAbortedTransactions()
    {
        int count = Math.Max(0, _reader.ReadNullableArrayLength(_flexible, AbortedTransactionBytesMin, "AbortedTransactions"));
        int start = _reader.Position;
        for (int left = count; left > 0; left--)
        {
            _reader.Skip(AbortedTransactionBytesMin);
            SkipTaggedFields();
        }
        AbortedTransactions = new AbortedTransactionsView(_body[start.._reader.Position], count, _flexible);
    }

    private void ReadPartitionTags()
    {
        if (!_flexible)
        {
            return;
        }
        for (int count = _reader.ReadTaggedFieldCount(); count > 0; count--)
        {
            int tag = _reader.ReadTag(out int size);
            switch (tag)
            {
                // Where a follower's log diverges, and the snapshot that it should take: nothing to a consumer, but they must be what they say.
                case 0 or 2:
                    _reader.Skip(sizeof(int) + sizeof(long));
                    _reader.SkipTaggedFields();
                    break;
                case 1:
                    CurrentLeaderId = _reader.ReadInt32();
                    CurrentLeaderEpoch = _reader.ReadInt32();
                    _reader.SkipTaggedFields();
                    break;
                default:
                    _reader.Skip(size);
                    break;
            }
        }
    }

    /// <summary>What follows the topics: the tagged fields of the response, with the endpoints of leaders.</summary>
    private void ReadTail()
    {
        if (!_flexible)
        {
            return;
        }
        for (int count = _reader.ReadTaggedFieldCount(); count > 0; count--)
        {
            int tag = _reader.ReadTag(out int size);
            if (tag != 0)
            {
                _reader.Skip(size);
                continue;
            }
            if (_version < FirstEndpointsVersion)
            {
                MessageReader.ThrowTagVersion(tag, _version);
            }
            _endpointsAt = _reader.Position;
            for (int left = _reader.ReadArrayLength(true, EndpointBytesMin, "NodeEndpoints"); left > 0; left--)
            {
                ReadEndpoint(ref _reader, out _, out _, out _, out _);
            }
        }
    }

    private void SkipTaggedFields()
    {
        if (_flexible)
        {
            _reader.SkipTaggedFields();
        }
    }
}
