using System.Buffers.Binary;
using System.Net;
using System.Threading.Tasks.Sources;
using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Runtime;

namespace Moldau.Client.Tests;

/// <summary>
/// A network with one broker, whose partition t-0 never ends: each fetch is answered at once with the same records at the next offsets, without allocating anything, so that what is allocated is
/// the client's.
/// </summary>
internal sealed class StreamingBroker(byte[] records, int recordCount) : INetwork
{
    private static readonly Uuid TopicId = new(3, 3);

    /// <summary>How many fetches were answered.</summary>
    public long Fetches { get; private set; }

    public INetworkListener Listen(string host, int port) => throw new NotSupportedException();

    public ValueTask<INetworkConnection> ConnectAsync(string host, int port, CancellationToken cancellationToken) => ValueTask.FromResult<INetworkConnection>(new Connection(this));

    private static IResponse Answer(IRequest request) => request switch
    {
        ApiVersionsRequest => new ApiVersionsResponse
        {
            ApiKeys = [.. ApiCatalog.All.Select(api => new ApiVersionsResponse.ApiVersion { ApiKey = api.Key, MinVersion = api.LowestVersion, MaxVersion = api.HighestStableVersion })],
        },
        MetadataRequest => new MetadataResponse
        {
            Brokers = [new() { NodeId = 1, Host = "broker", Port = 9092 }],
            Topics =
            [
                new() { Name = new TopicName("t"), TopicId = TopicId, Partitions = [new() { PartitionIndex = 0, LeaderId = 1, LeaderEpoch = 1, ReplicaNodes = [1], IsrNodes = [1] }] },
            ],
        },
        _ => throw new NotSupportedException($"the test does not expect {request.ApiKey}"),
    };

    /// <summary>One connection: a request is answered when it has been sent, into what the client receives next.</summary>
    private sealed class Connection(StreamingBroker broker) : INetworkConnection, IValueTaskSource<int>
    {
        private const int CorrelationIdAt = 8;
        private readonly Lock _gate = new();
        private ManualResetValueTaskSourceCore<int> _received = new() { RunContinuationsAsynchronously = true };
        private Memory<byte> _wanted;
        private byte[] _template = [];
        private byte[] _ready = [];
        private int _recordsAt;
        private int _at;
        private bool _isWaiting;
        private long _offset;

        public IPEndPoint LocalEndPoint { get; } = new(IPAddress.Loopback, 1);

        public IPEndPoint RemoteEndPoint { get; } = new(IPAddress.Loopback, 9092);

        public ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            lock (_gate)
            {
                if (_at < _ready.Length)
                {
                    return ValueTask.FromResult(Take(buffer));
                }

                _received.Reset();
                _wanted = buffer;
                _isWaiting = true;
                return new ValueTask<int>(this, _received.Version);
            }
        }

        public ValueTask SendAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken)
        {
            int count;
            lock (_gate)
            {
                Respond(buffer);
                if (!_isWaiting)
                {
                    return ValueTask.CompletedTask;
                }

                _isWaiting = false;
                count = Take(_wanted);
            }

            _received.SetResult(count);
            return ValueTask.CompletedTask;
        }

        public ValueTask SendFileAsync(IDiskFile file, long position, long count, CancellationToken cancellationToken) => throw new NotSupportedException();

        public void Dispose()
        {
            lock (_gate)
            {
                if (!_isWaiting)
                {
                    return;
                }

                _isWaiting = false;
            }

            _received.SetException(new NetworkException("the connection was closed"));
        }

        int IValueTaskSource<int>.GetResult(short token) => _received.GetResult(token);

        ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _received.GetStatus(token);

        void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _received.OnCompleted(continuation, state, token, flags);

        private int Take(Memory<byte> buffer)
        {
            var count = Math.Min(buffer.Length, _ready.Length - _at);
            _ready.AsSpan(_at, count).CopyTo(buffer.Span);
            _at += count;
            return count;
        }

        private void Respond(ReadOnlyMemory<byte> frame)
        {
            if ((ApiKey)BinaryPrimitives.ReadInt16BigEndian(frame.Span[sizeof(int)..]) != ApiKey.Fetch)
            {
                var reader = new MessageReader(frame[sizeof(int)..]);
                var header = RequestFrame.ReadHeader(ref reader, out var api);
                (_ready, _at) = (Frame(header, Answer(api.ReadRequest(ref reader, header.RequestApiVersion))), 0);
                return;
            }

            if (_template.Length == 0)
            {
                var reader = new MessageReader(frame[sizeof(int)..]);
                MakeTemplate(RequestFrame.ReadHeader(ref reader, out _));
            }

            frame.Span.Slice(CorrelationIdAt, sizeof(int)).CopyTo(_template.AsSpan(sizeof(int)));
            BinaryPrimitives.WriteInt64BigEndian(_template.AsSpan(_recordsAt), _offset);
            _offset += broker.RecordCount;
            broker.Fetches++;
            (_ready, _at) = (_template, 0);
        }

        private void MakeTemplate(RequestHeader header)
        {
            var data = new FetchResponse.PartitionData { HighWatermark = long.MaxValue, Records = broker.Records };
            _template = Frame(header, new FetchResponse { SessionId = 7, Responses = [new() { Topic = "t", TopicId = TopicId, Partitions = [data] }] });
            _recordsAt = _template.AsSpan().IndexOf(broker.Records);
        }

        private static byte[] Frame(RequestHeader header, IResponse response)
        {
            var writer = new MessageWriter();
            try
            {
                ResponseFrame.Write(ref writer, header.CorrelationId, response, header.RequestApiVersion);
                return writer.ToArray();
            }
            finally
            {
                writer.Dispose();
            }
        }
    }

    private byte[] Records => records;

    private int RecordCount => recordCount;
}
