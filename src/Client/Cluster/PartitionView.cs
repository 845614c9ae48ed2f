using Moldau.Protocol;

namespace Moldau.Client;

/// <summary>What is known of one partition. Immutable.</summary>
/// <param name="Index">Its number.</param>
/// <param name="Leader">The broker that leads it; -1 when none does.</param>
/// <param name="LeaderEpoch">The leader's epoch; -1 when the broker did not tell.</param>
/// <param name="Replicas">The brokers that hold it, the preferred leader first.</param>
/// <param name="InSyncReplicas">Those of them that have all that is committed.</param>
/// <param name="OfflineReplicas">Those of them that do not answer.</param>
/// <param name="Error">Why there is no leader.</param>
internal sealed record PartitionView(int Index, int Leader, int LeaderEpoch, int[] Replicas, int[] InSyncReplicas, int[] OfflineReplicas, ErrorCode Error);
