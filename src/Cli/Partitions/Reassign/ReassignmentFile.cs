using System.Buffers;
using System.Text;
using System.Text.Json;
using Moldau.Core;

namespace Moldau.Cli;

/// <summary>The JSON of kafka-reassign-partitions: <c>{"version":1,"partitions":[{"topic":"t","partition":0,"replicas":[1,2],"log_dirs":["any","any"]}]}</c>.</summary>
internal static class ReassignmentFile
{
    /// <summary>Reads it.</summary>
    /// <exception cref="CliException">It is no such file.</exception>
    public static IReadOnlyList<ReassignmentEntry> Parse(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            var entries = new List<ReassignmentEntry>();
            foreach (JsonElement partition in document.RootElement.GetProperty("partitions").EnumerateArray())
            {
                int[] replicas = [.. partition.GetProperty("replicas").EnumerateArray().Select(replica => replica.GetInt32())];
                string[] directories = partition.TryGetProperty("log_dirs", out JsonElement given)
                    ? [.. given.EnumerateArray().Select(directory => directory.GetString() ?? ReassignmentEntry.AnyDirectory)]
                    : [.. replicas.Select(_ => ReassignmentEntry.AnyDirectory)];
                var key = new TopicPartition(partition.GetProperty("topic").GetString()!, partition.GetProperty("partition").GetInt32());
                if (replicas.Length == 0 || replicas.Distinct().Count() != replicas.Length || directories.Length != replicas.Length)
                {
                    throw CliException.Usage($"the reassignment of {key} is wrong: replicas must be different brokers, and log_dirs as many as replicas");
                }

                if (entries.Exists(entry => entry.Partition == key))
                {
                    throw CliException.Usage($"{key} is in the file twice");
                }

                entries.Add(new ReassignmentEntry(key, replicas, directories));
            }

            return entries;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw CliException.Usage($"the reassignment file cannot be read: {exception.Message}", """it must be like {"version":1,"partitions":[{"topic":"orders","partition":0,"replicas":[1,2]}]}""");
        }
    }

    /// <summary>The file on one line, as Kafka's tool prints it.</summary>
    public static string Text(IEnumerable<ReassignmentEntry> entries)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            Write(json, entries);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, IEnumerable<ReassignmentEntry> entries)
    {
        json.WriteNumber("version", 1);
        json.WriteStartArray("partitions");
        foreach (ReassignmentEntry entry in entries)
        {
            json.WriteStartObject();
            json.WriteString("topic", entry.Partition.Topic.Value);
            json.WriteNumber("partition", entry.Partition.Partition.Value);
            Cell.Numbers(entry.Replicas).WriteTo(json, "replicas");
            Cell.Texts(entry.Directories).WriteTo(json, "log_dirs");
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
