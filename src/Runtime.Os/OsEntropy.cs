using System.Security.Cryptography;

namespace Moldau.Runtime.Os;

/// <summary>The system's cryptographic random generator. Any thread may call it.</summary>
public sealed class OsEntropy : IEntropy
{
    public void Fill(Span<byte> destination) => RandomNumberGenerator.Fill(destination);
}
