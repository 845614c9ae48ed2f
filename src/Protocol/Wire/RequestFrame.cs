using Moldau.Protocol.Api;

namespace Moldau.Protocol;

/// <summary>
/// The frame of a request: an int32 size, the header, the body. The header's version follows from the key and version that it begins with.
/// </summary>
public static class RequestFrame
{
    /// <summary>The bytes before the header: the size of what follows.</summary>
    public const int SizeBytes = 4;

    /// <summary>
    /// Reads the header of a frame whose size has been taken off already, and leaves the reader at the body. The version of the body is not checked:
    /// <see cref="ApiInfo.Has"/> tells, and ApiVersions is answered even in versions that do not exist (KIP-511). A null client id becomes empty.
    /// </summary>
    /// <exception cref="ProtocolException">The bytes are no header, or there is no such API.</exception>
    public static RequestHeader ReadHeader(ref MessageReader reader, out ApiInfo api)
    {
        MessageReader ahead = reader;
        api = ApiCatalog.Get((ApiKey)ahead.ReadInt16());
        RequestHeader header = RequestHeader.Read(ref reader, api.RequestHeaderVersion(ahead.ReadInt16()));
        header.ClientId ??= "";
        return header;
    }

    /// <summary>Writes a whole frame. Key and version of the header decide its own version; the key is set to that of the body.</summary>
    /// <exception cref="UnsupportedVersionException">The version does not exist, or a field is set that it cannot carry.</exception>
    public static void Write(ref MessageWriter writer, RequestHeader header, IRequest body)
    {
        ApiInfo api = ApiCatalog.Get(body.ApiKey);
        int size = writer.ReserveInt32();
        header.RequestApiKey = body.ApiKey;
        header.Write(ref writer, api.RequestHeaderVersion(header.RequestApiVersion));
        body.Write(ref writer, header.RequestApiVersion);
        writer.PatchInt32(size, writer.Position - size - SizeBytes);
    }
}
