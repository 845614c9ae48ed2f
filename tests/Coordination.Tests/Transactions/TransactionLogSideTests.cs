using Moldau.Core;
using Moldau.Protocol;
using Moldau.Storage;

namespace Moldau.Coordination.Tests;

/// <summary>What a partition makes of transactions beside the ordinary: deleted records, silent producers, late markers.</summary>
public sealed class TransactionLogSideTests : IDisposable
{
    private static readonly TopicPartition Zero = new(TransactionRig.Topic, 0);
    private static readonly ProducerIdAndEpoch Producer = new(7, 3);

    private readonly TransactionRig _rig = new();

    private PartitionLog Log => _rig.Logs[Zero];

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Records_deleted_through_an_open_transaction_leave_it_open_from_there()
    {
        Append(Producer, 0, "a").Error.ShouldBe(ErrorCode.None);
        Append(Producer, 1, "b").Error.ShouldBe(ErrorCode.None);
        Log.LastStableOffset.ShouldBe(0);
        Log.IncrementLogStartOffset(1).ShouldBe(ErrorCode.None);
        Log.LastStableOffset.ShouldBe(1, "what is left of it is undecided still");
        _rig.Append(Zero, Marker(isCommit: false)).ShouldBe(ErrorCode.None);
        Log.LastStableOffset.ShouldBe(3);
        Log.CollectAbortedTransactions(1, 3).ShouldHaveSingleItem().FirstOffset.ShouldBe(0);
    }

    [Fact]
    public void A_silent_producer_is_forgotten_but_not_while_its_transaction_is_open()
    {
        Append(Producer, 0, "a");
        _rig.Append(Zero, new(8, 0), 0, "plain", VerificationGuard.None, isTransactional: false).Error.ShouldBe(ErrorCode.None);
        _rig.Harness.Time.Advance(TimeSpan.FromDays(2));
        Log.RemoveExpiredProducers();
        Log.ActiveProducers().ShouldHaveSingleItem().ProducerId.ShouldBe(7);
        _rig.Append(Zero, Marker(isCommit: true)).ShouldBe(ErrorCode.None);
        _rig.Harness.Time.Advance(TimeSpan.FromDays(2));
        Log.RemoveExpiredProducers();
        Log.ActiveProducers().ShouldBeEmpty();
        Append(Producer, 5, "first sequence is not 0").Error.ShouldBe(ErrorCode.OutOfOrderSequenceNumber);
    }

    [Fact]
    public void A_late_marker_does_not_end_the_next_transaction_under_version_2()
    {
        Append(Producer, 0, "a");
        var marker = Marker(isCommit: true);
        _rig.Append(Zero, marker).ShouldBe(ErrorCode.None);
        var next = new ProducerIdAndEpoch(7, 4);
        Append(next, 0, "b").Error.ShouldBe(ErrorCode.None);
        _rig.Append(Zero, marker).ShouldBe(ErrorCode.InvalidProducerEpoch);
        Log.LastStableOffset.ShouldBe(2);
        _rig.Append(Zero, marker with { ProducerEpoch = 5, IsCommit = false }).ShouldBe(ErrorCode.None);
        TransactionChecker.Committed(Log).ShouldBe(["a"]);
    }

    [Fact]
    public void A_batch_that_is_verified_while_the_last_transaction_gets_its_marker_is_taken_under_version_2()
    {
        Append(Producer, 0, "a");
        var next = new ProducerIdAndEpoch(7, 4);
        var guard = Log.BeginVerification(next.ProducerId, 0, next.Epoch, supportsEpochBump: true);
        _rig.Append(Zero, Marker(isCommit: true)).ShouldBe(ErrorCode.None);
        _rig.Append(Zero, next, 0, "b", guard).Error.ShouldBe(ErrorCode.None);
        _rig.Append(Zero, Marker(isCommit: true) with { ProducerEpoch = 5 }).ShouldBe(ErrorCode.None);
        TransactionChecker.Committed(Log).ShouldBe(["a", "b"]);
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(2, 4)]
    public void A_batch_whose_transaction_ends_while_it_is_verified_is_refused(short version, short markerEpoch)
    {
        var guard = Log.BeginVerification(Producer.ProducerId, 0, Producer.Epoch, supportsEpochBump: version == 2);
        _rig.Append(Zero, new TransactionMarker(Producer.ProducerId, markerEpoch, 1, false, version)).ShouldBe(ErrorCode.None);
        _rig.Append(Zero, Producer, 0, "late", guard).Error.ShouldBe(version == 2 ? ErrorCode.InvalidProducerEpoch : ErrorCode.InvalidTxnState);
    }

    [Fact]
    public void A_marker_of_an_earlier_coordinator_is_refused()
    {
        Append(Producer, 0, "a");
        _rig.Append(Zero, Marker(isCommit: true) with { CoordinatorEpoch = 5 }).ShouldBe(ErrorCode.None);
        _rig.Append(Zero, Marker(isCommit: true) with { CoordinatorEpoch = 4, ProducerEpoch = 6 }).ShouldBe(ErrorCode.TransactionCoordinatorFenced);
    }

    [Fact]
    public void A_fenced_producer_writes_no_more()
    {
        Append(Producer, 0, "a");
        _rig.Append(Zero, Marker(isCommit: false)).ShouldBe(ErrorCode.None);
        _rig.Append(Zero, Producer, 1, "zombie", VerificationGuard.None).Error.ShouldBe(ErrorCode.InvalidProducerEpoch);
        TransactionChecker.Committed(Log).ShouldBeEmpty();
    }

    private static TransactionMarker Marker(bool isCommit) => new(Producer.ProducerId, (short)(Producer.Epoch + 1), 1, isCommit, 2);

    private AppendResult Append(ProducerIdAndEpoch producer, int sequence, string value)
    {
        var guard = Log.BeginVerification(producer.ProducerId, sequence, producer.Epoch, supportsEpochBump: true);
        return _rig.Append(Zero, producer, sequence, value, guard);
    }
}
