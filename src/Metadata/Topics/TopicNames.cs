namespace Moldau.Metadata;

/// <summary>Which names a topic may have, which names collide in metrics, and which belong to Kafka itself. Pure; any thread.</summary>
public static class TopicNames
{
    /// <summary>The longest legal name, in characters: a partition's directory must fit into 255 bytes.</summary>
    public const int LengthMax = 249;

    public const string ConsumerOffsets = "__consumer_offsets";
    public const string TransactionState = "__transaction_state";
    public const string ShareGroupState = "__share_group_state";
    public const string ClusterMetadata = "__cluster_metadata";

    /// <summary>Says why <paramref name="name"/> is illegal, in the words of the protocol; null when it is legal.</summary>
    public static string? Validate(string name)
    {
        if (name.Length == 0)
        {
            return "Topic name is invalid: the empty string is not allowed";
        }

        if (name is "." or "..")
        {
            return $"Topic name is invalid: '{name}' is not allowed";
        }

        if (name.Length > LengthMax)
        {
            return $"Topic name is invalid: the length of '{name}' is longer than the max allowed length {LengthMax}";
        }

        foreach (char c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-'))
            {
                return $"Topic name is invalid: '{name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'";
            }
        }

        return null;
    }

    /// <summary>True for the topics that the coordinators own: clients may not write to them, and consumers skip them by default.</summary>
    public static bool IsInternal(string name) => name is ConsumerOffsets or TransactionState or ShareGroupState;

    /// <summary>True when the name holds '.' or '_', which metrics cannot tell apart.</summary>
    public static bool HasCollisionChars(string name) => name.AsSpan().IndexOfAny('.', '_') >= 0;

    /// <summary>The name with '.' read as '_': two names with the same unified form collide.</summary>
    public static string UnifyCollisionChars(string name) => name.Replace('.', '_');

    public static bool HasCollision(string left, string right) => UnifyCollisionChars(left) == UnifyCollisionChars(right);
}
