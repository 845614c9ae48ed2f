namespace Moldau.Client;

/// <summary>Orders of members that decide who gets a partition when several could.</summary>
internal static class MemberOrder
{
    private const int HashTableLengthMin = 16;

    /// <summary>Static members first, by their names; then the others by their ids: the order stays when a static member comes back with a new id.</summary>
    public static int CompareStaticFirst(MemberSubscription left, MemberSubscription right) => (left.GroupInstanceId, right.GroupInstanceId) switch
    {
        ({ } a, { } b) => string.CompareOrdinal(a, b),
        ({ }, null) => -1,
        (null, { }) => 1,
        _ => string.CompareOrdinal(left.MemberId, right.MemberId),
    };

    /// <summary>
    /// The order in which Java walks over a hash map of them by id. The sticky assignors let it decide ties, so a group keeps its assignment when its leader
    /// changes from a Java member to one of ours only if we have it too.
    /// </summary>
    public static List<MemberSubscription> AsInHashMap(IReadOnlyList<MemberSubscription> members)
    {
        var length = HashTableLength(members.Count);
        return [.. members.OrderBy(member => Bucket(HashOf(member.MemberId), length))];
    }

    /// <summary>The length of a hash table that has grown to hold so many.</summary>
    public static int HashTableLength(int count)
    {
        var length = HashTableLengthMin;
        while (count > length * 3 / 4)
        {
            length *= 2;
        }

        return length;
    }

    /// <summary>The slot of a hash in a table of a length that is a power of two.</summary>
    public static int Bucket(int hash, int length) => (hash ^ (int)((uint)hash >> 16)) & (length - 1);

    /// <summary>Java's hash of a text.</summary>
    public static int HashOf(string text)
    {
        var hash = 0;
        foreach (var unit in text)
        {
            hash = unchecked((31 * hash) + unit);
        }

        return hash;
    }
}
