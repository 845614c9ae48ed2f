namespace Moldau.Runtime;

/// <summary>The only source of randomness. In simulation it is seeded; no seam's checker may draw from it.</summary>
public interface IEntropy
{
    /// <summary>Fills <paramref name="destination"/> with bytes fit for identifiers and salts.</summary>
    void Fill(Span<byte> destination);
}
