using System.Globalization;
using Moldau.Core;
using Moldau.Raft;

namespace Moldau.Controller;

/// <summary>One voter of <c>--initial-controllers</c>: <c>id@host:port:directoryId</c> (KIP-853).</summary>
public sealed record InitialController(int NodeId, string Host, int Port, Uuid DirectoryId)
{
    /// <summary>Reads the option: controllers separated by commas.</summary>
    /// <exception cref="StorageFormatException">The text is something else.</exception>
    public static IReadOnlyList<InitialController> ParseAll(string text)
    {
        List<InitialController> controllers = [];
        foreach (string part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            InitialController controller = Parse(part);
            if (controllers.Exists(known => known.NodeId == controller.NodeId))
            {
                throw new StorageFormatException($"Node id {controller.NodeId} was specified more than once.");
            }
            controllers.Add(controller);
        }
        return controllers;
    }

    /// <exception cref="StorageFormatException">The text is something else.</exception>
    public static InitialController Parse(string text)
    {
        int at = text.IndexOf('@', StringComparison.Ordinal);
        if (at < 0)
        {
            throw new StorageFormatException($"No @ found in dynamic voter string '{text}'.");
        }
        if (!int.TryParse(text.AsSpan(0, at), NumberStyles.None, CultureInfo.InvariantCulture, out int id))
        {
            throw new StorageFormatException($"Failed to parse node id in dynamic voter string '{text}'.");
        }
        string rest = text[(at + 1)..];
        int hostEnd = rest.StartsWith('[') ? rest.IndexOf(']', StringComparison.Ordinal) + 1 : rest.IndexOf(':', StringComparison.Ordinal);
        if (hostEnd <= 0 || hostEnd >= rest.Length || rest[hostEnd] != ':')
        {
            throw new StorageFormatException($"No colon following hostname could be found in dynamic voter string '{text}'.");
        }
        int portEnd = rest.IndexOf(':', hostEnd + 1);
        if (portEnd < 0)
        {
            throw new StorageFormatException($"No colon following port could be found in dynamic voter string '{text}'.");
        }
        if (!ushort.TryParse(rest.AsSpan(hostEnd + 1, portEnd - hostEnd - 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            throw new StorageFormatException($"Invalid port number in dynamic voter string '{text}': 0 to 65535 is expected.");
        }
        if (!Uuid.TryParse(rest[(portEnd + 1)..], out Uuid directory) || directory.IsZero)
        {
            throw new StorageFormatException($"Failed to parse directory ID in dynamic voter string '{text}'.");
        }
        return new InitialController(id, rest[..hostEnd].Trim('[', ']'), port, directory);
    }

    /// <summary>The voter set that a quorum of these begins with.</summary>
    public static VoterSet ToVoterSet(IEnumerable<InitialController> controllers, string listenerName) => new(controllers.Select(controller => new VoterNode(
        new ReplicaKey(controller.NodeId, controller.DirectoryId), [new VoterEndpoint(listenerName, controller.Host, controller.Port)])));
}
