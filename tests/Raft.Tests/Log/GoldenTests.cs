using System.Text.Json;

namespace Moldau.Raft.Tests;

/// <summary>What Apache Kafka wrote is read, and written again byte for byte.</summary>
public sealed class GoldenTests
{
    [Theory]
    [InlineData("clean-by-4.3.1")]
    [InlineData("clean-initial")]
    [InlineData("clean-release-4.3")]
    [InlineData("clean-standalone")]
    [InlineData("clean-static")]
    [InlineData("plain")]
    [InlineData("metadata")]
    [InlineData("many-topics")]
    [InlineData("from-4.3.1")]
    [InlineData("from-4.3.1-upgraded")]
    public void Metadata_logs_and_snapshots_of_Kafka_are_read_and_written_alike(string name)
    {
        int count = 0;
        foreach ((string path, byte[] bytes) in Shared.Directory(name))
        {
            bool isMetadata = path.EndsWith(".checkpoint", StringComparison.Ordinal)
                || (path.Contains("__cluster_metadata-0/", StringComparison.Ordinal) && path.EndsWith(".log", StringComparison.Ordinal));
            if (!isMetadata)
            {
                continue;
            }
            foreach (RaftBatch batch in RaftBatchCodec.Decode(bytes))
            {
                count++;
                batch.Records.All(record => MetadataRecordFrame.TryRead(record.Span, out MetadataRecordFrame _)).ShouldBeTrue(path);
                bool isOfSnapshot = batch.ControlRecords.Any(record => record is RaftControlRecord.Other);
                if (!isOfSnapshot)
                {
                    Convert.ToHexString(RaftBatchCodec.Encode(batch)).ShouldBe(Convert.ToHexString(batch.Bytes.Span), $"{path} at {batch.BaseOffset}");
                }
                else if (RaftBatchCodec.SnapshotTimestamp(batch) is { } timestamp)
                {
                    VoterSet? voters = batch.ControlRecords.OfType<RaftControlRecord.VotersChange>().SingleOrDefault()?.Set;
                    short level = batch.ControlRecords.OfType<RaftControlRecord.KRaftVersion>().SingleOrDefault()?.Level ?? 0;
                    byte[] header = RaftBatchCodec.EncodeSnapshotHeader(batch.Epoch, batch.TimestampMs, timestamp, level, voters);
                    Convert.ToHexString(header).ShouldBe(Convert.ToHexString(batch.Bytes.Span), path);
                }
                else
                {
                    byte[] footer = RaftBatchCodec.EncodeSnapshotFooter(batch.BaseOffset, batch.Epoch, batch.TimestampMs);
                    Convert.ToHexString(footer).ShouldBe(Convert.ToHexString(batch.Bytes.Span), path);
                }
            }
        }
        count.ShouldBeGreaterThan(2);
    }

    [Fact]
    public void Quorum_states_of_Kafka_are_read_and_written_alike()
    {
        int count = 0;
        foreach (string line in Shared.Lines("golden", "vectors", "files.jsonl"))
        {
            using JsonDocument json = JsonDocument.Parse(line);
            if (json.RootElement.GetProperty("file").GetString() != "quorum-state")
            {
                continue;
            }
            string text = json.RootElement.GetProperty("text").GetString()!;
            ElectionState state = QuorumStateFile.Parse("quorum-state", text);
            short version = text.Contains("\"data_version\":1", StringComparison.Ordinal) ? (short)1 : (short)0;
            QuorumStateFile.Format(state, version, [1, 2, 3]).ShouldBe(text);
            state.Epoch.ShouldBe(json.RootElement.GetProperty("content").GetProperty("epoch").GetInt32());
            count++;
        }
        count.ShouldBeGreaterThan(10);
    }

    [Fact]
    public void A_damaged_quorum_state_is_named()
    {
        Should.Throw<InvalidDataException>(() => QuorumStateFile.Parse("x/quorum-state", "{}")).Message.ShouldContain("x/quorum-state");
        Should.Throw<InvalidDataException>(() => QuorumStateFile.Parse("x/quorum-state", "{\"data_version\":2}")).Message.ShouldContain("version 2");
        string negative = "{\"leaderId\":1,\"leaderEpoch\":-4,\"votedId\":-1,\"data_version\":0}";
        Should.Throw<InvalidDataException>(() => QuorumStateFile.Parse("x/quorum-state", negative)).Message.ShouldContain("leaderEpoch -4");
    }
}
