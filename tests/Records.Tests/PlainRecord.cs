namespace Moldau.Records.Tests;

/// <summary>A record as a test thinks of it.</summary>
internal sealed record PlainRecord(long Timestamp, byte[]? Key, byte[]? Value, IReadOnlyList<RecordHeader> Headers)
{
    /// <summary>All of it as text, to compare with <see cref="Describe"/>.</summary>
    public string Describe(long offset) =>
        $"{offset} {Timestamp} {Text(Key)} {Text(Value)} [{string.Join(", ", Headers.Select(h => $"{Text(h.Key.ToArray())}={Text(h.Value?.ToArray())}"))}]";

    public static string Describe(in RecordView record)
    {
        var headers = new List<string>();
        foreach (var header in record.Headers)
        {
            headers.Add($"{Text(header.Key.ToArray())}={Text(header.HasValue ? header.Value.ToArray() : null)}");
        }

        string key = Text(record.HasKey ? record.Key.ToArray() : null);
        string value = Text(record.HasValue ? record.Value.ToArray() : null);
        return $"{record.Offset} {record.Timestamp} {key} {value} [{string.Join(", ", headers)}]";
    }

    private static string Text(byte[]? bytes) => bytes is null ? "null" : $"'{Convert.ToHexString(bytes)}'";
}
