using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Metadata.Tests;

public sealed class MetadataLoaderTests
{
    [Fact]
    public void Nothing_is_published_before_the_log_is_read_to_where_it_ended()
    {
        var publisher = new Recorder();
        var loader = new MetadataLoader();
        loader.AddPublisher(publisher);
        loader.LoadBatches([Batch(0, Topic("a", 1))]);
        loader.UpdateHighWatermark(2);
        publisher.Topics.ShouldBeEmpty();
        loader.Image.ShouldBe(MetadataImage.Empty);

        loader.LoadBatches([Batch(1, Topic("b", 2))]);
        publisher.Topics.ShouldBe(["a,b"]);
        loader.Image.Topics.Count.ShouldBe(2);
    }

    [Fact]
    public void A_transaction_appears_whole_at_its_end()
    {
        (MetadataLoader loader, Recorder publisher) = CaughtUp();
        loader.LoadBatches([Batch(0, Topic("a", 1), new BeginTransactionRecord(), Topic("b", 2))]);
        loader.Image.Topics.ByName.Keys.ShouldBe(["a"]);
        loader.LoadBatches([Batch(3, Topic("c", 3), new EndTransactionRecord())]);
        publisher.Topics[^1].ShouldBe("a,b,c");
    }

    [Fact]
    public void A_transaction_that_is_aborted_leaves_no_trace()
    {
        (MetadataLoader loader, Recorder publisher) = CaughtUp();
        loader.LoadBatches([Batch(0, Topic("a", 1), new BeginTransactionRecord(), Topic("b", 2))]);
        loader.LoadBatches([Batch(3, new AbortTransactionRecord(), Topic("c", 3))]);
        publisher.Topics[^1].ShouldBe("a,c");
        loader.Image.Offset.ShouldBe(4);
    }

    [Fact]
    public void A_late_publisher_gets_everything_at_once()
    {
        (MetadataLoader loader, _) = CaughtUp();
        loader.LoadBatches([Batch(0, Topic("a", 1))]);
        var late = new Recorder();
        loader.AddPublisher(late);
        late.Topics.ShouldBe(["a"]);
    }

    [Fact]
    public void A_snapshot_replaces_everything()
    {
        (MetadataLoader loader, Recorder publisher) = CaughtUp();
        loader.LoadBatches([Batch(0, Topic("a", 1))]);
        loader.LoadSnapshot(new(9, 1, 0, true), [new((IMetadataRecord)Topic("b", 2), 0)]);
        publisher.Topics[^1].ShouldBe("b");
        loader.Image.Provenance.SnapshotName.ShouldBe("00000000000000000010-0000000001");
    }

    private static (MetadataLoader Loader, Recorder Publisher) CaughtUp()
    {
        var loader = new MetadataLoader();
        var publisher = new Recorder();
        loader.AddPublisher(publisher);
        loader.UpdateHighWatermark(0);
        return (loader, publisher);
    }

    private static MetadataBatch Batch(long offset, params IMetadataRecord[] records) =>
        new(offset, offset + records.Length - 1, 1, 1000, 100, [.. records.Select(record => new MetadataRecord(record, 0))]);

    private static TopicRecord Topic(string name, ulong id) => new() { Name = name, TopicId = new Uuid(1, id) };

    private sealed class Recorder : IMetadataPublisher
    {
        public List<string> Topics { get; } = [];

        public string Name => "Recorder";

        public void OnMetadataUpdate(MetadataDelta delta, MetadataImage image, LoaderManifest manifest)
        {
            if (image.Topics.Count > 0)
            {
                Topics.Add(string.Join(',', image.Topics.ByName.Keys.Order(StringComparer.Ordinal)));
            }
        }

        public void OnLeaderChange(int leaderId, int leaderEpoch)
        {
        }
    }
}
