using System.Diagnostics.CodeAnalysis;

namespace Moldau.Protocol;

/// <summary>All messages by name, and records by kind and type. Any thread may read it.</summary>
public static partial class MessageCatalog
{
    private static readonly MessageInfo[] Messages = Table();
    private static readonly MessageInfo?[][] ByKind = KeysOfKinds();

    /// <summary>All messages, in the order of their folders and names.</summary>
    public static IReadOnlyList<MessageInfo> All => Messages;

    public static bool TryGet(string name, [NotNullWhen(true)] out MessageInfo? message) => Names.Messages.TryGetValue(name, out message);

    /// <summary>Finds a request or response by API key, or a record by its type.</summary>
    public static bool TryGet(MessageKind kind, short key, [NotNullWhen(true)] out MessageInfo? message)
    {
        MessageInfo?[] keys = ByKind[(int)kind];
        message = (uint)key < (uint)keys.Length ? keys[key] : null;
        return message is not null;
    }

    /// <summary>Plain arrays: a node looks up records while it starts, and what is in a frozen dictionary is hashed and compared for the best layout first.</summary>
    private static MessageInfo?[][] KeysOfKinds()
    {
        var lengths = new int[(int)MessageKind.TransactionValue + 1];
        foreach (MessageInfo message in Messages)
        {
            lengths[(int)message.Kind] = Math.Max(lengths[(int)message.Kind], (message.Key ?? -1) + 1);
        }

        MessageInfo?[][] kinds = Array.ConvertAll(lengths, length => new MessageInfo?[length]);
        foreach (MessageInfo message in Messages)
        {
            if (message.Key is { } key)
            {
                kinds[(int)message.Kind][key] = message;
            }
        }

        return kinds;
    }

    /// <summary>Made when the first message is looked for by its name, which tools do.</summary>
    private static class Names
    {
        internal static readonly Dictionary<string, MessageInfo> Messages = All.ToDictionary(message => message.Name, StringComparer.Ordinal);
    }
}
