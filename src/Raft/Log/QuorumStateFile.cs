using System.Globalization;
using System.Text;
using System.Text.Json;
using Moldau.Core;
using Moldau.Runtime;
using Moldau.Storage;

namespace Moldau.Raft;

/// <summary>
/// The file <c>quorum-state</c>: the election state as JSON, in version 0 with the voters (kraft.version 0), in version 1 with the voted directory
/// (kraft.version 1). Replaced atomically and synced with its directory.
/// </summary>
public static class QuorumStateFile
{
    public const string Name = "quorum-state";

    /// <summary>The text as Kafka writes it. <paramref name="voterIds"/> are written in version 0 only.</summary>
    public static string Format(ElectionState state, short kraftVersion, IEnumerable<int> voterIds)
    {
        var text = new StringBuilder();
        int leader = state.LeaderId ?? -1;
        int voted = state.Voted?.Id ?? -1;
        if (kraftVersion == 0)
        {
            string voters = string.Join(",", voterIds.Select(id => string.Create(CultureInfo.InvariantCulture, $"{{\"voterId\":{id}}}")));
            return text.Append(CultureInfo.InvariantCulture, $"{{\"clusterId\":\"\",\"leaderId\":{leader},\"leaderEpoch\":{state.Epoch},\"votedId\":{voted},")
                .Append(CultureInfo.InvariantCulture, $"\"appliedOffset\":0,\"currentVoters\":[{voters}],\"data_version\":0}}").ToString();
        }
        Uuid directory = state.Voted?.DirectoryId ?? Uuid.Zero;
        return text.Append(CultureInfo.InvariantCulture, $"{{\"leaderId\":{leader},\"leaderEpoch\":{state.Epoch},\"votedId\":{voted},")
            .Append(CultureInfo.InvariantCulture, $"\"votedDirectoryId\":\"{directory}\",\"data_version\":1}}").ToString();
    }

    /// <exception cref="InvalidDataException">The text is not such a file.</exception>
    public static ElectionState Parse(string path, string text)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(text);
            JsonElement root = json.RootElement;
            int version = root.GetProperty("data_version").GetInt32();
            if (version is not (0 or 1))
            {
                throw new InvalidDataException($"{path} has version {version}: 0 or 1 is expected");
            }
            int epoch = root.GetProperty("leaderEpoch").GetInt32();
            if (epoch < 0)
            {
                throw new InvalidDataException($"{path} has the leaderEpoch {epoch}: no epoch is below 0");
            }
            int leader = root.GetProperty("leaderId").GetInt32();
            int voted = root.GetProperty("votedId").GetInt32();
            Uuid directory = version == 1 && voted >= 0 ? Uuid.Parse(root.GetProperty("votedDirectoryId").GetString() ?? "") : Uuid.Zero;
            return new ElectionState(epoch,
                leader < 0 ? null : leader, voted < 0 ? null : new ReplicaKey(voted, directory));
        }
        catch (Exception failure) when (failure is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path} is not a quorum state: {failure.Message}", failure);
        }
    }

    /// <summary>The state in a metadata log's directory; null when there is no file.</summary>
    public static ElectionState? Read(IDisk disk, string directory)
    {
        string path = $"{directory}/{Name}";
        return AtomicFile.ReadText(disk, path) is { } text ? Parse(path, text) : null;
    }

    public static void Write(IDisk disk, string directory, ElectionState state, short kraftVersion, IEnumerable<int> voterIds) =>
        AtomicFile.Write(disk, $"{directory}/{Name}", Format(state, kraftVersion, voterIds));
}
