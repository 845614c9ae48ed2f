using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Moldau.Core;
using Moldau.Protocol;
using Moldau.Records;
using Moldau.Runtime;
using Moldau.Runtime.Memory;
using Moldau.Storage;

namespace Moldau.Golden;

/// <summary>Three producers, idempotent and transactional, on one log: the answer to each step, the state after it, and the files at the end.</summary>
public sealed partial class ProducerScenariosSuite() : JsonLineSuite("producer-scenarios")
{
    private const string Home = "data/topic-0";

    /// <inheritdoc/>
    protected override string? Compare(JsonElement line)
    {
        var time = new ManualTimeProvider(DateTimeOffset.FromUnixTimeMilliseconds(line.GetProperty("nowMs").GetInt64()));
        var disk = new MemoryDisk(time);
        disk.CreateDirectory(Home);
        var environment = new LogEnvironment(new OpenFiles(disk), time, new NoEntropy());
        var config = LogConfig.Default with { TransactionVerificationEnabled = false };
        using var log = PartitionLog.Open(environment, new TopicPartition("topic", 0), Home, config, LogLoadState.New);
        var transactionVersion = (short)line.Int("transactionVersion");
        var number = 0;
        foreach (var step in line.GetProperty("steps").EnumerateArray())
        {
            if (Step(log, step, line.Int("leaderEpoch"), transactionVersion) is { } difference)
            {
                return $"step {number} ({step.Text("what")}): {difference}";
            }

            number++;
        }

        log.Close();
        var end = log.LogEndOffset;
        return Same("log", line.Text("logFileSha256"), Convert.ToHexStringLower(SHA256.HashData(AtomicFile.Read(disk, $"{Home}/{LogFileNames.Log(0)}")!)))
            ?? Same("snapshot", line.TextOrNull("snapshotFile"), Base64(disk, LogFileNames.ProducerSnapshot(end)))
            ?? Same("transaction index", line.TextOrNull("txnIndexFile"), Base64(disk, LogFileNames.TransactionIndex(0)));
    }

    private static string? Step(PartitionLog log, JsonElement step, int leaderEpoch, short transactionVersion)
    {
        var isMarker = step.Text("origin") == "COORDINATOR";
        var result = log.AppendAsLeader(
            Convert.FromBase64String(step.Text("bytes")),
            leaderEpoch,
            isMarker ? AppendOrigin.Coordinator : AppendOrigin.Client,
            VerificationGuard.None,
            isMarker ? transactionVersion : (short)-1);
        if (step.TryGetProperty("highWatermarkThen", out var highWatermark))
        {
            log.UpdateHighWatermark(highWatermark.GetInt64());
        }

        var expected = step.GetProperty("result");
        return Same("error", expected.TextOrNull("error") ?? "NONE", NameOf(result.Error))
            ?? (result.Error == ErrorCode.None ? Answer(expected, result) : null)
            ?? Same("log end", step.GetProperty("logEndOffset").GetInt64(), log.LogEndOffset)
            ?? Same("last stable offset", step.GetProperty("lastStableOffset").GetInt64(), log.LastStableOffset)
            ?? Same("producers", string.Join(";", step.GetProperty("producers").EnumerateArray().Select(Text)), string.Join(";",
                log.ActiveProducers().OrderBy(entry => entry.ProducerId).Select(Text)));
    }

    private static string? Answer(JsonElement expected, AppendResult result) =>
        Same("first offset", expected.GetProperty("firstOffset").GetInt64(), result.FirstOffset)
        ?? Same("last offset", expected.GetProperty("lastOffset").GetInt64(), result.LastOffset)
        ?? Same("appended", expected.GetProperty("appended").GetBoolean(), !result.IsDuplicate);

    private static string Text(JsonElement entry) => string.Join(
        ",",
        new[] { "producerId", "producerEpoch", "lastSequence", "lastTimestamp", "coordinatorEpoch", "currentTxnStartOffset" }.Select(name =>
            entry.GetProperty(name).GetRawText()));

    private static string Text(ProducerStatus entry) =>
        $"{entry.ProducerId},{entry.ProducerEpoch},{entry.LastSequence},{entry.LastTimestamp},{entry.CoordinatorEpoch},{entry.CurrentTransactionStartOffset}";

    private static string? Base64(MemoryDisk disk, string name) => AtomicFile.Read(disk, $"{Home}/{name}") is { } content
        ? Convert.ToBase64String(content) : null;

    private static string NameOf(ErrorCode error) => WordStart().Replace(error.ToString(), "_$0").ToUpperInvariant();

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex WordStart();

    private sealed class NoEntropy : IEntropy
    {
        public void Fill(Span<byte> destination) => destination.Clear();
    }
}
