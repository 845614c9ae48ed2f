using Moldau.Metadata;
using Moldau.Runtime;

namespace Moldau.Controller.Tests;

/// <summary>When a snapshot of the metadata is due.</summary>
public sealed class SnapshotGeneratorTests
{
    private const long BytesMax = 1000;
    private static readonly MetadataImage Aligned = new() { Provenance = new MetadataProvenance(5, 1, 0, IsOffsetBatchAligned: true) };
    private readonly ManualTimeProvider _time = new();
    private readonly FakeRaft _raft = new();

    [Fact]
    public void What_was_read_at_the_start_counts_once_the_node_has_settled()
    {
        var generator = new SnapshotGenerator(_raft, _time, BytesMax, intervalMsMax: 0);
        generator.OnMetadataUpdate(new MetadataDelta(MetadataImage.Empty), MetadataImage.Empty, Manifest(isSnapshot: true, BytesMax));
        Update(generator, 10);
        _raft.SnapshotsAsked.ShouldBe(0, "a node that gets up has other things to do");
        _time.Advance(TimeSpan.FromSeconds(10));
        Update(generator, 10);
        _raft.SnapshotsAsked.ShouldBe(1);
        Update(generator, 10);
        _raft.SnapshotsAsked.ShouldBe(1);
    }

    [Fact]
    public void What_is_written_makes_one_due_at_once()
    {
        var generator = new SnapshotGenerator(_raft, _time, BytesMax, intervalMsMax: 0);
        generator.OnMetadataUpdate(new MetadataDelta(MetadataImage.Empty), MetadataImage.Empty, Manifest(isSnapshot: true, 0));
        Update(generator, BytesMax - 1);
        _raft.SnapshotsAsked.ShouldBe(0);
        Update(generator, 1);
        _raft.SnapshotsAsked.ShouldBe(1);
    }

    private static void Update(SnapshotGenerator generator, long sizeBytes) =>
        generator.OnMetadataUpdate(new MetadataDelta(MetadataImage.Empty), Aligned, Manifest(isSnapshot: false, sizeBytes));

    private static LoaderManifest Manifest(bool isSnapshot, long sizeBytes) => new(MetadataImage.Empty.Provenance, isSnapshot, 1, sizeBytes, 1, 1);
}
