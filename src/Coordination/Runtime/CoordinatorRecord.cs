using Moldau.Protocol;

namespace Moldau.Coordination;

/// <summary>One record of a coordinator's log: its key says which type it is; without a value it removes what the key names. Immutable as far as its messages are left alone.</summary>
/// <param name="Key">The key, of the record type <see cref="IRecordMessage.RecordType"/>.</param>
/// <param name="Value">The value; null for a tombstone.</param>
/// <param name="ValueVersion">The version that the value is written in; of no meaning for a tombstone.</param>
public sealed record CoordinatorRecord(ICoordinatorKey Key, ICoordinatorValue? Value, short ValueVersion)
{
    /// <summary>The first number of the key's bytes: the record type.</summary>
    public short KeyVersion => Key.RecordType;

    /// <summary>A record that removes what the key names.</summary>
    public static CoordinatorRecord Tombstone(ICoordinatorKey key) => new(key, null, 0);
}
