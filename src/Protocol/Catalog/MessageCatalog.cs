using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace Moldau.Protocol;

/// <summary>All messages by name, and records by kind and type. Any thread may read it.</summary>
public static partial class MessageCatalog
{
    private static readonly FrozenDictionary<string, MessageInfo> ByName = All.ToFrozenDictionary(message => message.Name, StringComparer.Ordinal);

    private static readonly FrozenDictionary<(MessageKind Kind, short Key), MessageInfo> ByKey =
        All.Where(message => message.Key is not null).ToFrozenDictionary(message => (message.Kind, message.Key!.Value));

    /// <summary>All messages, in the order of their folders and names.</summary>
    public static IReadOnlyList<MessageInfo> All => Held.Messages;

    public static bool TryGet(string name, [NotNullWhen(true)] out MessageInfo? message) => ByName.TryGetValue(name, out message);

    /// <summary>Finds a request or response by API key, or a record by its type.</summary>
    public static bool TryGet(MessageKind kind, short key, [NotNullWhen(true)] out MessageInfo? message) => ByKey.TryGetValue((kind, key), out message);

    /// <summary>Holds the table, so that it exists before the dictionaries over it do.</summary>
    private static class Held
    {
        internal static readonly MessageInfo[] Messages = Table();
    }
}
