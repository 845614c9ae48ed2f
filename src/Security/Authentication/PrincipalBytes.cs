using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Security;

/// <summary>
/// A principal as a broker sends it to the controller in an envelope when it forwards a request: the bytes of Kafka's default principal builder
/// (KIP-590). Stateless; any thread.
/// </summary>
public static class PrincipalBytes
{
    /// <summary>Reads a principal.</summary>
    /// <exception cref="ProtocolException">The bytes are no principal.</exception>
    public static KafkaPrincipal Read(ReadOnlyMemory<byte> bytes)
    {
        var reader = new MessageReader(bytes);
        var data = DefaultPrincipalData.Read(ref reader, reader.ReadInt16());
        return new KafkaPrincipal(data.Type, data.Name, data.TokenAuthenticated);
    }

    /// <summary>Writes a principal: a version, then the message.</summary>
    public static byte[] Write(KafkaPrincipal principal)
    {
        var writer = new MessageWriter(128);
        try
        {
            writer.WriteInt16(DefaultPrincipalData.HighestVersion);
            new DefaultPrincipalData { Type = principal.Type, Name = principal.Name, TokenAuthenticated = principal.TokenAuthenticated }
                .Write(ref writer, DefaultPrincipalData.HighestVersion);
            return writer.ToArray();
        }
        finally
        {
            writer.Dispose();
        }
    }
}
