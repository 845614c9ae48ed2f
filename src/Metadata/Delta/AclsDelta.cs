using System.Collections.Immutable;
using Moldau.Core;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Metadata;

/// <summary>Which ACLs are new or gone.</summary>
public sealed class AclsDelta(AclsImage image)
{
    private readonly Dictionary<Uuid, AccessControlEntry?> _changes = [];

    /// <summary>New entries by id; null for one that went.</summary>
    public IReadOnlyDictionary<Uuid, AccessControlEntry?> Changes => _changes;

    internal void Replay(AccessControlEntryRecord record) => _changes[record.Id] = AccessControlEntry.FromRecord(record);

    internal void Replay(RemoveAccessControlEntryRecord record)
    {
        bool exists = _changes.TryGetValue(record.Id, out AccessControlEntry? changed) ? changed is not null : image.Entries.ContainsKey(record.Id);
        if (!exists)
        {
            throw new MetadataException($"a record removes the ACL with id {record.Id}, which does not exist");
        }

        if (image.Entries.ContainsKey(record.Id))
        {
            _changes[record.Id] = null;
        }
        else
        {
            _changes.Remove(record.Id);
        }
    }

    internal void FinishSnapshot()
    {
        foreach (Uuid id in image.Entries.Keys)
        {
            _changes.TryAdd(id, null);
        }
    }

    internal AclsImage Apply()
    {
        ImmutableDictionary<Uuid, AccessControlEntry>.Builder entries = image.Entries.ToBuilder();
        foreach ((Uuid id, AccessControlEntry? entry) in _changes)
        {
            if (entry is null)
            {
                entries.Remove(id);
            }
            else
            {
                entries[id] = entry;
            }
        }

        return new AclsImage(entries.ToImmutable());
    }
}
