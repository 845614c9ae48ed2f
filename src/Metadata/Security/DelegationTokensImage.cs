using System.Collections.Immutable;

namespace Moldau.Metadata;

/// <summary>All delegation tokens by id. Immutable.</summary>
public sealed class DelegationTokensImage : IEquatable<DelegationTokensImage>
{
    public static readonly DelegationTokensImage Empty = new(ImmutableDictionary.Create<string, DelegationToken>(StringComparer.Ordinal));

    internal DelegationTokensImage(ImmutableDictionary<string, DelegationToken> tokens) => Tokens = tokens;

    public ImmutableDictionary<string, DelegationToken> Tokens { get; }

    public void WriteTo(IMetadataRecordWriter writer, MetadataVersion version)
    {
        if (!version.IsDelegationTokenSupported)
        {
            return;
        }

        foreach (DelegationToken token in Tokens.Values)
        {
            writer.Write(token.ToRecord());
        }
    }

    public bool Equals(DelegationTokensImage? other) => other is not null && Structural.Equal(Tokens, other.Tokens);

    public override bool Equals(object? obj) => Equals(obj as DelegationTokensImage);

    public override int GetHashCode() => Tokens.Count;
}
