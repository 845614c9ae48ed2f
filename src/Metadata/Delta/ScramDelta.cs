using System.Collections.Immutable;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Metadata;

/// <summary>Which SCRAM credentials are new or gone.</summary>
public sealed class ScramDelta(ScramImage image)
{
    private readonly Dictionary<ScramUser, ScramCredential?> _changes = [];

    /// <summary>New credentials; null for one that went.</summary>
    public IReadOnlyDictionary<ScramUser, ScramCredential?> Changes => _changes;

    internal void Replay(UserScramCredentialRecord record) =>
        _changes[new(record.Name, record.Mechanism)] = new(record.Salt, record.StoredKey, record.ServerKey, record.Iterations);

    internal void Replay(RemoveUserScramCredentialRecord record) => _changes[new(record.Name, record.Mechanism)] = null;

    internal void FinishSnapshot()
    {
        foreach (ScramUser user in image.Credentials.Keys)
        {
            _changes.TryAdd(user, null);
        }
    }

    internal ScramImage Apply()
    {
        ImmutableDictionary<ScramUser, ScramCredential> credentials = image.Credentials;
        foreach ((ScramUser user, ScramCredential? credential) in _changes)
        {
            credentials = credential is null ? credentials.Remove(user) : credentials.SetItem(user, credential);
        }

        return new ScramImage(credentials);
    }
}
