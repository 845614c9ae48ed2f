using System.IO.Compression;
using System.Text.Json.Nodes;

namespace Moldau.Golden;

/// <summary>
/// Whole data directories: each file in <c>NAME.tar.gz</c> decodes to what <c>NAME.files.json.gz</c> says. A file, a segment and a record of an internal topic each count as a line.
/// </summary>
public sealed class DirectoriesSuite : IGoldenSuite
{
    private const string Suffix = ".files.json.gz";

    /// <inheritdoc/>
    public bool Matches(string fileName) => fileName.EndsWith(Suffix, StringComparison.Ordinal);

    /// <inheritdoc/>
    public GoldenResult Check(string path)
    {
        var result = new GoldenResult();
        try
        {
            Check(path, result);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            result.CountDifference($"{error.GetType().Name}: {error.Message}");
        }

        return result;
    }

    private static void Check(string path, GoldenResult result)
    {
        var files = DirectoryArchive.Read(path[..^Suffix.Length] + ".tar.gz");
        using var json = new GZipStream(File.OpenRead(path), CompressionMode.Decompress);
        foreach (var (directory, expected) in JsonNode.Parse(json)!.AsObject())
        {
            var prefix = directory + "/";
            var inside = files.Where(file => file.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(file => file.Key[prefix.Length..], file => file.Value);
            Compare(directory, expected, DirectoryDecoder.Decode(inside), result);
            foreach (var name in inside.Keys)
            {
                files.Remove(prefix + name);
            }
        }

        foreach (var unread in files.Keys)
        {
            result.CountDifference($"{unread} is in the archive, and nobody reads it");
        }
    }

    /// <summary>Goes down to what is one line: a file that is no directory, a segment, a snapshot, a record.</summary>
    private static void Compare(string at, JsonNode? expected, JsonNode? actual, GoldenResult result)
    {
        var isFolder = at.EndsWith("/logs", StringComparison.Ordinal) || at.EndsWith("/producers", StringComparison.Ordinal) || at.EndsWith("/checkpoints", StringComparison.Ordinal)
            || at.EndsWith("/others", StringComparison.Ordinal) || at.LastIndexOf('/') is var slash && (slash < 0 || at[..slash].EndsWith("/logs", StringComparison.Ordinal));
        if (isFolder && expected is JsonObject folder && actual is JsonObject other)
        {
            foreach (var name in folder.Select(pair => pair.Key).Union(other.Select(pair => pair.Key)))
            {
                Compare($"{at}/{name}", folder[name], other[name], result);
            }
        }
        else if (expected is JsonArray list && actual is JsonArray ours && (at.EndsWith("/segments", StringComparison.Ordinal) || at.EndsWith("/records", StringComparison.Ordinal)))
        {
            for (var i = 0; i < Math.Max(list.Count, ours.Count); i++)
            {
                Compare($"{at}/{i}", i < list.Count ? list[i] : null, i < ours.Count ? ours[i] : null, result);
            }
        }
        else if (JsonNode.DeepEquals(expected, actual))
        {
            result.CountAgreement();
        }
        else
        {
            result.CountDifference($"{at} is {GoldenText.Cut(actual?.ToJsonString() ?? "nothing")}, Apache Kafka has {GoldenText.Cut(expected?.ToJsonString() ?? "nothing")}");
        }
    }
}
