namespace Moldau.Client;

/// <summary>The bits in which brokers tell what the client may do (KIP-430). Stateless; any thread.</summary>
internal static class AuthorizedOperations
{
    /// <summary>The operations; null when the broker was not asked or does not tell.</summary>
    public static IReadOnlySet<AclOperation>? Of(int bits)
    {
        if (bits == int.MinValue)
        {
            return null;
        }

        var operations = new SortedSet<AclOperation>();
        for (int bit = (int)AclOperation.All; bit < 32; bit++)
        {
            if ((bits & (1 << bit)) != 0)
            {
                operations.Add(Enum.IsDefined((AclOperation)bit) ? (AclOperation)bit : AclOperation.Unknown);
            }
        }

        return operations;
    }
}
