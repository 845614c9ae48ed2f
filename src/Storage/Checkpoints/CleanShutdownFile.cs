using System.Globalization;
using Moldau.Runtime;

namespace Moldau.Storage;

/// <summary>
/// <c>.kafka_cleanshutdown</c>: there when the node that used the log directory last stopped in good order, with the epoch that the broker had then
/// (KIP-966).
/// It is deleted, durably, before anything else in the directory changes.
/// </summary>
public static class CleanShutdownFile
{
    /// <summary>The epoch of a broker that did not say.</summary>
    public const long UnknownBrokerEpoch = -1;

    private const string EpochKey = "\"brokerEpoch\":";

    public static string Format(long brokerEpoch) => string.Create(CultureInfo.InvariantCulture, $"{{\"version\":0,\"brokerEpoch\":{brokerEpoch}}}");

    /// <summary>The broker epoch in the text; unknown when the text has none or is broken (then the marker still counts as one).</summary>
    public static long Parse(string text)
    {
        var compact = string.Concat(text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var start = compact.IndexOf(EpochKey, StringComparison.Ordinal);
        if (start < 0)
        {
            return UnknownBrokerEpoch;
        }

        var end = compact.AsSpan(start + EpochKey.Length).IndexOfAny(',', '}');
        return end > 0 && long.TryParse(compact.AsSpan(start + EpochKey.Length, end), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture,
            out var epoch)
            ? epoch
            : UnknownBrokerEpoch;
    }

    public static void Write(IDisk disk, string logDirectory, long brokerEpoch) =>
        AtomicFile.Write(disk, $"{logDirectory}/{LogFileNames.CleanShutdown}", Format(brokerEpoch));

    /// <summary>The broker epoch in the marker; null when there is no marker.</summary>
    public static long? Read(IDisk disk, string logDirectory) =>
        AtomicFile.ReadText(disk, $"{logDirectory}/{LogFileNames.CleanShutdown}") is { } text ? Parse(text) : null;

    /// <summary>
    /// Deletes the marker durably. Syncs also when there is none: a process that died between the two leaves one that a power loss would bring back, and with it a state of the past.
    /// </summary>
    public static void Delete(IDisk disk, string logDirectory)
    {
        disk.DeleteFile($"{logDirectory}/{LogFileNames.CleanShutdown}");
        disk.SyncDirectory(logDirectory);
    }
}
