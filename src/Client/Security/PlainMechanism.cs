using System.Text;

namespace Moldau.Client;

/// <summary>PLAIN (RFC 4616): name and password as they are.</summary>
internal sealed class PlainMechanism(SaslOptions options) : ISaslMechanism
{
    public ValueTask<byte[]> BeginAsync(CancellationToken cancellationToken) => ValueTask.FromResult(Encoding.UTF8.GetBytes($"\0{options.Username}\0{options.Password}"));

    public byte[]? Answer(ReadOnlyMemory<byte> challenge) => null;
}
