using Moldau.Protocol;

namespace Moldau.Broker;

/// <summary>A request header as far as it is used; tagged fields are passed over.</summary>
internal readonly struct ParsedHeader
{
    private ParsedHeader(short apiVersion, int correlationId, string clientId, int bodyStart)
    {
        ApiVersion = apiVersion;
        CorrelationId = correlationId;
        ClientId = clientId;
        BodyStart = bodyStart;
    }

    public short ApiVersion { get; }

    public int CorrelationId { get; }

    public string ClientId { get; }

    public int BodyStart { get; }

    /// <summary>Reads a header; a client id that is the connection's last one costs no new string.</summary>
    public static ParsedHeader Read(ReadOnlyMemory<byte> frame, ApiInfo api, ClientIdCache clientIds)
    {
        var reader = new MessageReader(frame);
        reader.ReadInt16();
        short apiVersion = reader.ReadInt16();
        int correlationId = reader.ReadInt32();
        string clientId = clientIds.Get(reader.ReadStringBytes(compact: false, "ClientId", out _));
        if (api.RequestHeaderVersion(apiVersion) >= 2)
        {
            reader.SkipTaggedFields();
        }

        return new ParsedHeader(apiVersion, correlationId, clientId, reader.Position);
    }
}
