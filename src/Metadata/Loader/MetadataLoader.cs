using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Metadata;

/// <summary>
/// Turns committed batches and snapshots of the metadata log into images, hands each to the publishers in their order, and then makes it the current
/// image with one volatile write. Records between a begin and an end marker appear at once, or never (KIP-868).
/// Everything but <see cref="Image"/> is called from one thread: that of the Raft client's listener.
/// </summary>
public sealed class MetadataLoader
{
    private readonly List<IMetadataPublisher> _publishers = [];
    private readonly OffsetWaiters _waiters = new();
    private volatile MetadataImage _published = MetadataImage.Empty;
    private volatile MetadataImage _image = MetadataImage.Empty;
    private MetadataDelta _delta = new(MetadataImage.Empty);
    private bool _inTransaction;
    private bool _isCaughtUp;
    private long _catchUpOffset = long.MaxValue;
    private long _lastOffset = -1;
    private int _lastEpoch = -1;
    private long _lastTimeMs = -1;
    private int _batches;
    private long _sizeBytes;
    private long _catchUpBytes;
    private int _leaderId = -1;
    private int _leaderEpoch = -1;

    /// <summary>The current image: the last one that all publishers have taken over. Any thread may read it.</summary>
    public MetadataImage Image => _published;

    /// <summary>What was loaded last, published or not. It is not what this node goes by: for who wants to share its memory. Any thread may read it.</summary>
    public MetadataImage LoadedImage => _image;

    /// <summary>Offset of the last record read from the log, published or not; -1 before the first.</summary>
    public long LastReadOffset => _lastOffset;

    /// <summary>True once the log was read to where it ended when this node started: from then on updates are published.</summary>
    public bool IsCaughtUp => _isCaughtUp;

    /// <summary>Adds a publisher behind those that are there. When metadata was published already, the newcomer gets all of it at once.</summary>
    public void AddPublisher(IMetadataPublisher publisher)
    {
        _publishers.Add(publisher);
        if (!_isCaughtUp)
        {
            return;
        }

        publisher.OnMetadataUpdate(MetadataDelta.Whole(_published), _published, Manifest(_published.Provenance, isSnapshot: true));
        publisher.OnLeaderChange(_leaderId, _leaderEpoch);
    }

    /// <summary>Completes when the current image has reached the offset: what was committed up to it is then seen by every part of this node.</summary>
    public Task WaitForOffsetAsync(long offset) => _waiters.WaitAsync(offset);

    public void RemovePublisher(IMetadataPublisher publisher) => _publishers.Remove(publisher);

    /// <summary>
    /// Tells where the committed log ends (exclusive). The first call sets how far the loader reads before it publishes for the first time, so that
    /// no part of a starting node acts on old metadata.
    /// </summary>
    public void UpdateHighWatermark(long highWatermark)
    {
        if (_catchUpOffset == long.MaxValue)
        {
            _catchUpOffset = highWatermark;
        }

        PublishWhenCaughtUp();
    }

    public void LeaderChanged(int leaderId, int leaderEpoch)
    {
        _leaderId = leaderId;
        _leaderEpoch = leaderEpoch;
        if (!_isCaughtUp)
        {
            return;
        }

        foreach (IMetadataPublisher publisher in _publishers)
        {
            publisher.OnLeaderChange(leaderId, leaderEpoch);
        }
    }

    /// <summary>Loads committed batches, in log order, and publishes what they amount to as one update.</summary>
    /// <exception cref="MetadataException">A record cannot follow on those before it: this node must not go on.</exception>
    public void LoadBatches(IEnumerable<MetadataBatch> batches)
    {
        foreach (MetadataBatch batch in batches)
        {
            Load(batch);
        }

        if (!_inTransaction)
        {
            Flush(isBatchAligned: true);
        }
    }

    /// <summary>Loads a snapshot: it replaces everything, whatever was loaded before.</summary>
    /// <param name="provenance">From the snapshot's name and header.</param>
    /// <param name="records">Its metadata records, without the control records.</param>
    public void LoadSnapshot(MetadataProvenance provenance, IEnumerable<MetadataRecord> records)
    {
        var delta = new MetadataDelta(_image);
        foreach (MetadataRecord record in records)
        {
            delta.Replay(record.Message);
        }

        delta.FinishSnapshot();
        _inTransaction = false;
        _batches = 0;
        _sizeBytes = 0;
        _catchUpBytes = 0;
        _lastOffset = provenance.LastContainedOffset;
        _lastEpoch = provenance.LastContainedEpoch;
        _lastTimeMs = provenance.LastContainedLogTimeMs;
        Publish(delta, Manifest(provenance, isSnapshot: true));
    }

    private void Load(MetadataBatch batch)
    {
        for (int i = 0; i < batch.Records.Count; i++)
        {
            if (batch.Records[i].Message is BeginTransactionRecord && !_inTransaction && (i > 0 || _batches > 0))
            {
                // What came before the transaction is published now, so that the transaction can be dropped alone when it aborts.
                Flush(isBatchAligned: i == 0);
            }

            Load(batch.Records[i].Message, batch.BaseOffset + i);
            _lastOffset = batch.BaseOffset + i;
            _lastEpoch = batch.Epoch;
            _lastTimeMs = batch.AppendTimeMs;
        }

        _lastOffset = batch.LastOffset;
        _lastEpoch = batch.Epoch;
        _lastTimeMs = batch.AppendTimeMs;
        _batches++;
        _sizeBytes += batch.SizeBytes;
    }

    private void Load(IMetadataRecord record, long offset)
    {
        switch (record)
        {
            case BeginTransactionRecord:
                CheckTransaction(expected: false, "begins", offset);
                _inTransaction = true;
                break;
            case EndTransactionRecord:
                CheckTransaction(expected: true, "ends", offset);
                _inTransaction = false;
                break;
            case AbortTransactionRecord:
                CheckTransaction(expected: true, "aborts", offset);
                _inTransaction = false;
                _delta = new MetadataDelta(_image);
                break;
            default:
                _delta.Replay(record);
                break;
        }
    }

    private void CheckTransaction(bool expected, string what, long offset)
    {
        if (_inTransaction != expected)
        {
            throw new MetadataException($"the record at offset {offset} {what} a metadata transaction, but {(expected ? "none" : "one")} is open");
        }
    }

    private void Flush(bool isBatchAligned)
    {
        var provenance = new MetadataProvenance(_lastOffset, _lastEpoch, _lastTimeMs, isBatchAligned);
        LoaderManifest manifest = Manifest(provenance, isSnapshot: false);
        _catchUpBytes += _isCaughtUp ? 0 : _sizeBytes;
        _batches = 0;
        _sizeBytes = 0;
        Publish(_delta, manifest);
    }

    private LoaderManifest Manifest(MetadataProvenance provenance, bool isSnapshot) =>
        new(provenance, isSnapshot, isSnapshot ? 0 : _batches, isSnapshot ? 0 : _sizeBytes, _leaderId, _leaderEpoch);

    private void Publish(MetadataDelta delta, LoaderManifest manifest)
    {
        _image = delta.Apply(manifest.Provenance);
        _delta = new MetadataDelta(_image);
        if (!_isCaughtUp)
        {
            PublishWhenCaughtUp();
            return;
        }

        foreach (IMetadataPublisher publisher in _publishers)
        {
            publisher.OnMetadataUpdate(delta, _image, manifest);
        }

        MakeCurrent();
    }

    private void PublishWhenCaughtUp()
    {
        if (_isCaughtUp || _lastOffset + 1 < _catchUpOffset)
        {
            return;
        }

        Invariant.That(_catchUpOffset != long.MaxValue);
        _isCaughtUp = true;
        MetadataDelta delta = MetadataDelta.Whole(_image);
        LoaderManifest manifest = Manifest(_image.Provenance, isSnapshot: true) with { SizeBytes = _catchUpBytes };
        foreach (IMetadataPublisher publisher in _publishers)
        {
            publisher.OnMetadataUpdate(delta, _image, manifest);
            publisher.OnLeaderChange(_leaderId, _leaderEpoch);
        }

        MakeCurrent();
    }

    private void MakeCurrent()
    {
        _published = _image;
        _waiters.Reached(_image.Offset);
    }
}
