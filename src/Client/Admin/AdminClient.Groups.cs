using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>Groups of all kinds: listing, describing, deleting, putting members out.</summary>
public sealed partial class AdminClient
{
    /// <summary>The groups of the cluster, by id. All brokers are asked; when one of them fails, so does this.</summary>
    /// <exception cref="KafkaException">A broker did not answer in time, or this client may not ask; see <see cref="ListGroupsByBrokerAsync"/> for what the others say.</exception>
    public async Task<IReadOnlyList<GroupListing>> ListGroupsAsync(ListGroupsOptions? options = null, CancellationToken cancellationToken = default)
    {
        IReadOnlyDictionary<int, AdminResult<IReadOnlyList<GroupListing>>> brokers = await ListGroupsByBrokerAsync(options, cancellationToken).ConfigureAwait(false);
        return [.. brokers.Values.SelectMany(groups => groups.Value).DistinctBy(group => group.GroupId).OrderBy(group => group.GroupId, StringComparer.Ordinal)];
    }

    /// <summary>The groups that each broker coordinates, or why it does not tell.</summary>
    public async Task<IReadOnlyDictionary<int, AdminResult<IReadOnlyList<GroupListing>>>> ListGroupsByBrokerAsync(
        ListGroupsOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new ListGroupsOptions();
        ClusterView view = await _cluster.RefreshAsync(cancellationToken).ConfigureAwait(false);
        return await RunAsync<int, IReadOnlyList<GroupListing>>(
            "listing groups of broker",
            view.Brokers.Keys.Order(),
            (batch, asked, cancellation) => EachBrokerAsync(batch, asked, id => id, (node, _) => ListGroupsAsync(batch, node, options, cancellation), cancellation),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Describes groups of consumers, of either protocol.</summary>
    /// <returns>By group; GROUP_ID_NOT_FOUND and INCONSISTENT_GROUP_PROTOCOL (it has members, but no consumers) are results.</returns>
    public Task<IReadOnlyDictionary<string, AdminResult<ConsumerGroupDescription>>> DescribeConsumerGroupsAsync(
        IEnumerable<string> groupIds, DescribeGroupsOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new DescribeGroupsOptions();
        return RunAsync<string, ConsumerGroupDescription>(
            "describing group",
            groupIds,
            (batch, asked, cancellation) => EachCoordinatorAsync(
                batch, asked, CoordinatorType.Group, (node, groups) => DescribeConsumersAsync(batch, node, groups, options, cancellation), cancellation),
            cancellationToken);
    }

    /// <summary>Describes one group of consumers.</summary>
    /// <exception cref="KafkaException">There is no such group: GROUP_ID_NOT_FOUND, and so on.</exception>
    public async Task<ConsumerGroupDescription> DescribeConsumerGroupAsync(string groupId, CancellationToken cancellationToken = default) =>
        (await DescribeConsumerGroupsAsync([groupId], null, cancellationToken).ConfigureAwait(false))[groupId].Value;

    /// <summary>Describes classic groups, whatever their members are.</summary>
    public Task<IReadOnlyDictionary<string, AdminResult<ClassicGroupDescription>>> DescribeClassicGroupsAsync(
        IEnumerable<string> groupIds, DescribeGroupsOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new DescribeGroupsOptions();
        return RunAsync<string, ClassicGroupDescription>(
            "describing group",
            groupIds,
            (batch, asked, cancellation) => EachCoordinatorAsync(
                batch,
                asked,
                CoordinatorType.Group,
                (node, groups) => DescribeClassicAsync(batch, node, groups, options, (group, coordinator) => GroupMessages.ReadClassic(group, coordinator), cancellation),
                cancellation),
            cancellationToken);
    }

    /// <summary>Describes share groups (brokers from 4.1).</summary>
    public Task<IReadOnlyDictionary<string, AdminResult<ShareGroupDescription>>> DescribeShareGroupsAsync(
        IEnumerable<string> groupIds, DescribeGroupsOptions? options = null, CancellationToken cancellationToken = default) =>
        RunAsync<string, ShareGroupDescription>(
            "describing share group",
            groupIds,
            (batch, asked, cancellation) => EachCoordinatorAsync(
                batch,
                asked,
                CoordinatorType.Group,
                async (node, groups) =>
                {
                    ShareGroupDescribeResponse response = await AskNodeAsync<ShareGroupDescribeResponse>(
                        node,
                        new ShareGroupDescribeRequest { GroupIds = GroupMessages.Ids(groups), IncludeAuthorizedOperations = options?.IncludeAuthorizedOperations == true },
                        cancellation).ConfigureAwait(false);
                    foreach (ShareGroupDescribeResponse.DescribedGroup group in response.Groups)
                    {
                        SettleGroup(batch, group.GroupId, group.ErrorCode, group.ErrorMessage, () => GroupMessages.Read(group, NodeOf(node)));
                    }
                },
                cancellation),
            cancellationToken);

    /// <summary>Describes streams groups (KIP-1071; brokers from 4.1).</summary>
    public Task<IReadOnlyDictionary<string, AdminResult<StreamsGroupDescription>>> DescribeStreamsGroupsAsync(
        IEnumerable<string> groupIds, DescribeGroupsOptions? options = null, CancellationToken cancellationToken = default) =>
        RunAsync<string, StreamsGroupDescription>(
            "describing streams group",
            groupIds,
            (batch, asked, cancellation) => EachCoordinatorAsync(
                batch,
                asked,
                CoordinatorType.Group,
                async (node, groups) =>
                {
                    var request = new StreamsGroupDescribeRequest
                    {
                        GroupIds = GroupMessages.Ids(groups),
                        IncludeAuthorizedOperations = options?.IncludeAuthorizedOperations == true,
                        IncludeTopologyDescription = options?.IncludeTopologyDescription == true,
                    };
                    StreamsGroupDescribeResponse response = await AskNodeAsync<StreamsGroupDescribeResponse>(node, request, cancellation).ConfigureAwait(false);
                    foreach (StreamsGroupDescribeResponse.DescribedGroup group in response.Groups)
                    {
                        SettleGroup(batch, group.GroupId, group.ErrorCode, group.ErrorMessage, () => StreamsGroupMessages.Read(group, NodeOf(node)));
                    }
                },
                cancellation),
            cancellationToken);

    /// <summary>Deletes groups of any kind, with their offsets. They must have no members: NON_EMPTY_GROUP else.</summary>
    public Task<IReadOnlyDictionary<string, AdminResult>> DeleteGroupsAsync(IEnumerable<string> groupIds, CancellationToken cancellationToken = default) =>
        RunAsync<string>(
            "deleting group",
            groupIds,
            (batch, asked, cancellation) => EachCoordinatorAsync(
                batch,
                asked,
                CoordinatorType.Group,
                async (node, groups) =>
                {
                    DeleteGroupsResponse response = await AskNodeAsync<DeleteGroupsResponse>(
                        node, new DeleteGroupsRequest { GroupsNames = GroupMessages.Ids(groups) }, cancellation).ConfigureAwait(false);
                    foreach (DeleteGroupsResponse.DeletableGroupResult deleted in response.Results)
                    {
                        SettleGroup(batch, deleted.GroupId, deleted.ErrorCode, deleted.ErrorMessage, () => true);
                    }
                },
                cancellation),
            cancellationToken);

    /// <summary>Puts members out of a classic group, which then rebalances. The clients themselves go on, and may join again.</summary>
    /// <param name="groupId">The group.</param>
    /// <param name="members">Who; all members when null.</param>
    /// <param name="reason">What the broker's log shall say (KIP-800).</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<IReadOnlyDictionary<MemberToRemove, AdminResult>> RemoveMembersFromConsumerGroupAsync(
        string groupId, IReadOnlyCollection<MemberToRemove>? members = null, string? reason = null, CancellationToken cancellationToken = default)
    {
        members ??=
        [
            .. (await DescribeConsumerGroupAsync(groupId, cancellationToken).ConfigureAwait(false)).Members
                .Select(member => member.GroupInstanceId is { } instance ? MemberToRemove.Static(instance) : MemberToRemove.Dynamic(member.MemberId)),
        ];
        string told = string.IsNullOrEmpty(reason) ? "member was removed by an admin" : $"member was removed by an admin: {reason}";
        return await RunAsync<MemberToRemove>(
            $"removing from group {groupId} member",
            members,
            async (batch, asked, cancellation) =>
            {
                int node = await _cluster.CoordinatorAsync(CoordinatorType.Group, groupId, cancellation).ConfigureAwait(false);
                LeaveGroupResponse response = await AskCoordinatorAsync<LeaveGroupResponse>(
                    node, CoordinatorType.Group, groupId, GroupMessages.Leave(groupId, asked, told), cancellation).ConfigureAwait(false);
                if (FailedAsWhole(batch, asked, CoordinatorType.Group, groupId, response.ErrorCode, null))
                {
                    return;
                }

                foreach (LeaveGroupResponse.MemberResponse left in response.Members)
                {
                    MemberToRemove member = left.GroupInstanceId is { } instance ? MemberToRemove.Static(instance) : MemberToRemove.Dynamic(left.MemberId);
                    SettleInGroup(batch, groupId, member, left.ErrorCode, null, () => true);
                }
            },
            cancellationToken).ConfigureAwait(false);
    }

    private async Task ListGroupsAsync(AdminBatch<int, IReadOnlyList<GroupListing>> batch, int node, ListGroupsOptions options, CancellationToken cancellationToken)
    {
        BrokerConnection broker = await _cluster.ConnectAsync(node, ConnectionPurpose.General, cancellationToken).ConfigureAwait(false);
        ListGroupsResponse response = await AskAsync<ListGroupsResponse>(
            broker, GroupMessages.List(options, broker.Versions.Version(ApiKey.ListGroups)), cancellationToken).ConfigureAwait(false);
        if (response.ErrorCode is ErrorCode.CoordinatorLoadInProgress or ErrorCode.CoordinatorNotAvailable)
        {
            batch.Retry(node, response.ErrorCode);
        }
        else if (response.ErrorCode != ErrorCode.None)
        {
            batch.Fail(node, response.ErrorCode);
        }
        else
        {
            batch.Succeed(node, GroupMessages.Read(response, node, options));
        }
    }

    /// <summary>By ConsumerGroupDescribe; what is no group of that protocol, and brokers that do not serve it, by DescribeGroups.</summary>
    private async Task DescribeConsumersAsync(
        AdminBatch<string, ConsumerGroupDescription> batch, int node, string[] groups, DescribeGroupsOptions options, CancellationToken cancellationToken)
    {
        BrokerConnection broker = await _cluster.ConnectAsync(node, ConnectionPurpose.General, cancellationToken).ConfigureAwait(false);
        var classic = new List<string>();
        if (broker.Versions.Supports(ApiKey.ConsumerGroupDescribe))
        {
            ConsumerGroupDescribeResponse response = await AskAsync<ConsumerGroupDescribeResponse>(
                broker,
                new ConsumerGroupDescribeRequest { GroupIds = GroupMessages.Ids(groups), IncludeAuthorizedOperations = options.IncludeAuthorizedOperations },
                cancellationToken).ConfigureAwait(false);
            foreach (ConsumerGroupDescribeResponse.DescribedGroup group in response.Groups)
            {
                if (group.ErrorCode is ErrorCode.GroupIdNotFound or ErrorCode.UnsupportedVersion)
                {
                    classic.Add(group.GroupId);
                }
                else
                {
                    SettleGroup(batch, group.GroupId, group.ErrorCode, group.ErrorMessage, () => GroupMessages.Read(group, NodeOf(node)));
                }
            }
        }
        else
        {
            classic.AddRange(groups);
        }

        if (classic.Count > 0)
        {
            await DescribeClassicAsync(batch, node, [.. classic], options, GroupMessages.ReadConsumers, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task DescribeClassicAsync<TValue>(
        AdminBatch<string, TValue> batch,
        int node,
        string[] groups,
        DescribeGroupsOptions options,
        Func<DescribeGroupsResponse.DescribedGroup, Node, TValue> read,
        CancellationToken cancellationToken)
    {
        DescribeGroupsResponse response = await AskNodeAsync<DescribeGroupsResponse>(
            node,
            new DescribeGroupsRequest { Groups = GroupMessages.Ids(groups), IncludeAuthorizedOperations = options.IncludeAuthorizedOperations },
            cancellationToken).ConfigureAwait(false);
        foreach (DescribeGroupsResponse.DescribedGroup group in response.Groups)
        {
            try
            {
                SettleGroup(batch, group.GroupId, group.ErrorCode, group.ErrorMessage, () => read(group, NodeOf(node)));
            }
            catch (KafkaException unreadable)
            {
                batch.Fail(group.GroupId, unreadable);
            }
        }
    }

    private void SettleGroup<TValue>(AdminBatch<string, TValue> batch, string groupId, ErrorCode error, string? message, Func<TValue> value) =>
        SettleInGroup(batch, groupId, groupId, error, message, value);

    /// <summary>Takes over a coordinator's answer for one item of a group.</summary>
    private void SettleInGroup<TKey, TValue>(AdminBatch<TKey, TValue> batch, string groupId, TKey key, ErrorCode error, string? message, Func<TValue> value)
        where TKey : notnull
    {
        if (error == ErrorCode.None)
        {
            batch.Succeed(key, value());
        }
        else if (IsCoordinatorMoving(CoordinatorType.Group, groupId, error))
        {
            batch.Retry(key, error, message);
        }
        else
        {
            batch.Fail(key, error, message);
        }
    }

    /// <summary>Asks the coordinator of one key, once; it is forgotten when it is lost.</summary>
    private async Task<TResponse> AskCoordinatorAsync<TResponse>(
        int node, CoordinatorType type, string key, IRequest request, CancellationToken cancellationToken, short highestVersion = short.MaxValue)
        where TResponse : class, IResponse, IMessage<TResponse>
    {
        try
        {
            return await AskNodeAsync<TResponse>(node, request, cancellationToken, highestVersion).ConfigureAwait(false);
        }
        catch (DisconnectedException)
        {
            _cluster.ForgetCoordinator(type, key);
            throw;
        }
    }

    /// <summary>Whether a coordinator's answer is an error for all that was asked; it is settled then.</summary>
    private bool FailedAsWhole<TKey, TValue>(AdminBatch<TKey, TValue> batch, TKey[] asked, CoordinatorType type, string key, ErrorCode error, string? message)
        where TKey : notnull
    {
        if (error == ErrorCode.None)
        {
            return false;
        }

        bool isMoving = IsCoordinatorMoving(type, key, error);
        foreach (TKey item in asked)
        {
            if (isMoving)
            {
                batch.Retry(item, error, message);
            }
            else
            {
                batch.Fail(item, error, message);
            }
        }

        return true;
    }

    private Node NodeOf(int id) =>
        _cluster.View.Brokers.TryGetValue(id, out BrokerView? broker) ? new Node(broker.Id, broker.Host, broker.Port, broker.Rack) : new Node(id, "", -1);
}
