using System.Reflection;
using System.Runtime.CompilerServices;
using Moldau.Protocol;
using Moldau.Security;

namespace Moldau.Broker.Tests;

/// <summary>What each API demands, written down once more and apart from the handlers: a handler that demands less than this is a hole.</summary>
public sealed class AuthorizationTableTests
{
    private static readonly Dictionary<string, string> Table = Parse(
        """
        none: ApiVersions SaslHandshake SaslAuthenticate GetTelemetrySubscriptions PushTelemetry RenewDelegationToken ExpireDelegationToken
        Write Topic, Write TransactionalId: Produce
        Read Topic, ClusterAction Cluster: Fetch
        Read Topic: DescribeProducers
        Describe Topic: ListOffsets DescribeTopicPartitions
        Describe Topic, Create Cluster, Create Topic: Metadata
        ClusterAction Cluster, Describe Topic: OffsetForLeaderEpoch
        Read Group, Read Topic: OffsetCommit ShareFetch ShareAcknowledge AlterShareGroupOffsets
        Describe Group, Describe Topic: OffsetFetch ConsumerGroupDescribe ShareGroupDescribe DescribeShareGroupOffsets StreamsGroupDescribe
        Read Group: JoinGroup SyncGroup Heartbeat LeaveGroup
        Read Group, Describe Topic: ConsumerGroupHeartbeat ShareGroupHeartbeat
        Read Group, Describe Topic, Create Topic: StreamsGroupHeartbeat
        Describe Group, Describe TransactionalId, ClusterAction Cluster: FindCoordinator
        Describe Group: DescribeGroups
        Describe Cluster, Describe Group: ListGroups
        Delete Group: DeleteGroups
        Delete Group, Read Topic: OffsetDelete DeleteShareGroupOffsets
        Write TransactionalId, IdempotentWrite Cluster, Write Topic: InitProducerId
        Write TransactionalId: EndTxn
        Write TransactionalId, Write Topic, ClusterAction Cluster: AddPartitionsToTxn
        Write TransactionalId, Read Group: AddOffsetsToTxn
        Write TransactionalId, Read Group, Read Topic: TxnOffsetCommit
        Describe TransactionalId, Describe Topic: DescribeTransactions
        Describe TransactionalId: ListTransactions
        Alter Cluster, ClusterAction Cluster: WriteTxnMarkers
        Create Cluster, Create Topic, DescribeConfigs Topic: CreateTopics
        Delete Topic: DeleteTopics DeleteRecords
        Alter Topic: CreatePartitions
        AlterConfigs Cluster, AlterConfigs Topic, AlterConfigs Group: AlterConfigs IncrementalAlterConfigs
        DescribeConfigs Cluster, DescribeConfigs Topic, DescribeConfigs Group: DescribeConfigs
        DescribeConfigs Cluster: DescribeClientQuotas ListConfigResources
        AlterConfigs Cluster: AlterClientQuotas
        Describe Cluster: DescribeAcls DescribeLogDirs ListPartitionReassignments DescribeUserScramCredentials DescribeQuorum DescribeCluster
        Alter Cluster: CreateAcls DeleteAcls AlterPartitionReassignments AlterUserScramCredentials AlterReplicaLogDirs ElectLeaders UpdateFeatures UnregisterBroker AddRaftVoter RemoveRaftVoter
        CreateTokens User: CreateDelegationToken
        DescribeTokens User: DescribeDelegationToken
        ClusterAction Cluster: FetchSnapshot Vote BeginQuorumEpoch EndQuorumEpoch AlterPartition BrokerRegistration BrokerHeartbeat ControllerRegistration AllocateProducerIds
        ClusterAction Cluster: AssignReplicasToDirs Envelope UpdateRaftVoter InitializeShareGroupState ReadShareGroupState WriteShareGroupState DeleteShareGroupState ReadShareGroupStateSummary
        """);

    [Fact]
    public void Each_api_of_the_table_is_one_of_the_protocol()
    {
        HashSet<string> known = [.. ApiCatalog.All.Select(api => api.Name)];
        Table.Keys.Where(name => !known.Contains(name)).ShouldBeEmpty();
    }

    [Fact]
    public void Each_handler_demands_what_the_table_says()
    {
        Type[] types = [.. typeof(RequestHandler).Assembly.GetTypes().Where(type => !type.IsAbstract && type.IsSubclassOf(typeof(RequestHandler)))];
        types.Length.ShouldBeGreaterThanOrEqualTo(3);
        foreach (Type type in types)
        {
            string name = type.Name[..^"Handler".Length];
            Table.ShouldContainKey(name, $"{type.Name} has no row");
            Demands(type).ShouldBe(Table[name], $"what {name} demands");
        }
    }

    private static string Demands(Type type)
    {
        // The demand is a constant of the type: it must not need what a handler is constructed with.
        var handler = (RequestHandler)RuntimeHelpers.GetUninitializedObject(type);
        AuthorizationRequirement demand = handler.Authorization;
        if (demand is null)
        {
            PropertyInfo property = type.GetProperty(nameof(RequestHandler.Authorization))!;
            throw new InvalidOperationException($"{type.Name}.{property.Name} is an expression (=>) of constants, so that it can be read without an instance");
        }

        return demand.Rules.Count == 0 ? "none" : string.Join(", ", demand.Rules.Select(rule => $"{rule.Operation} {rule.Resource}"));
    }

    private static Dictionary<string, string> Parse(string table)
    {
        var rows = new Dictionary<string, string>();
        foreach (string line in table.Split('\n'))
        {
            string[] sides = line.Split(": ");
            foreach (string api in sides[1].Split(' '))
            {
                rows.Add(api, sides[0]);
            }
        }

        return rows;
    }
}
