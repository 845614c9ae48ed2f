using System.Collections.Immutable;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Metadata;

/// <summary>Which delegation tokens are new, renewed or gone.</summary>
public sealed class DelegationTokensDelta(DelegationTokensImage image)
{
    private readonly Dictionary<string, DelegationToken?> _changes = new(StringComparer.Ordinal);

    /// <summary>New tokens by id; null for one that went.</summary>
    public IReadOnlyDictionary<string, DelegationToken?> Changes => _changes;

    internal void Replay(DelegationTokenRecord record) => _changes[record.TokenId] = DelegationToken.FromRecord(record);

    internal void Replay(RemoveDelegationTokenRecord record) => _changes[record.TokenId] = null;

    internal void FinishSnapshot()
    {
        foreach (string id in image.Tokens.Keys)
        {
            _changes.TryAdd(id, null);
        }
    }

    internal DelegationTokensImage Apply()
    {
        ImmutableDictionary<string, DelegationToken> tokens = image.Tokens;
        foreach ((string id, DelegationToken? token) in _changes)
        {
            tokens = token is null ? tokens.Remove(id) : tokens.SetItem(id, token);
        }

        return new DelegationTokensImage(tokens);
    }
}
