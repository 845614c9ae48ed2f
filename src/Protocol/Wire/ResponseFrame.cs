using Moldau.Protocol.Api;

namespace Moldau.Protocol;

/// <summary>The frame of a response: an int32 size, the header, the body. Only who sent the request knows its versions.</summary>
public static class ResponseFrame
{
    /// <summary>The bytes before the header: the size of what follows.</summary>
    public const int SizeBytes = 4;

    /// <summary>Reads the header of a frame whose size has been taken off already, and leaves the reader at the body.</summary>
    /// <exception cref="ProtocolException">The bytes are no header.</exception>
    public static ResponseHeader ReadHeader(ref MessageReader reader, ApiInfo api, short version) =>
        ResponseHeader.Read(ref reader, api.ResponseHeaderVersion(version));

    /// <summary>Writes a whole frame.</summary>
    /// <exception cref="UnsupportedVersionException">The version does not exist, or a field is set that it cannot carry.</exception>
    public static void Write(ref MessageWriter writer, int correlationId, IResponse body, short version) =>
        Write(ref writer, new ResponseHeader { CorrelationId = correlationId }, body, version);

    /// <summary>Writes a whole frame with a header that may hold tagged fields.</summary>
    /// <exception cref="UnsupportedVersionException">The version does not exist, or a field is set that it cannot carry.</exception>
    public static void Write(ref MessageWriter writer, ResponseHeader header, IResponse body, short version)
    {
        int size = writer.ReserveInt32();
        header.Write(ref writer, ApiCatalog.Get(body.ApiKey).ResponseHeaderVersion(version));
        body.Write(ref writer, version);
        writer.PatchInt32(size, writer.Position - size - SizeBytes);
    }
}
