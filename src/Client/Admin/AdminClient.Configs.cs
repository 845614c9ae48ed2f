using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>Configurations of topics, brokers, groups and so on.</summary>
public sealed partial class AdminClient
{
    /// <summary>The configurations of resources. A broker's own comes from that broker, the rest from any.</summary>
    public Task<IReadOnlyDictionary<ConfigResource, AdminResult<Config>>> DescribeConfigsAsync(
        IEnumerable<ConfigResource> resources, DescribeConfigsOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new DescribeConfigsOptions();
        return RunAsync<ConfigResource, Config>(
            "describing the configuration of",
            resources,
            (batch, asked, cancellation) => EachConfigNodeAsync(
                batch,
                asked,
                async (broker, wanted) =>
                {
                    DescribeConfigsResponse response = await AskAsync<DescribeConfigsResponse>(broker, ConfigMessages.Describe(wanted, options), cancellation).ConfigureAwait(false);
                    foreach (DescribeConfigsResponse.DescribeConfigsResult result in response.Results)
                    {
                        var resource = new ConfigResource((ConfigResourceType)result.ResourceType, result.ResourceName);
                        Settle(batch, resource, result.ErrorCode, result.ErrorMessage, false, () => ConfigMessages.Read(result));
                    }
                },
                cancellation),
            cancellationToken);
    }

    /// <summary>The configuration of one resource.</summary>
    /// <exception cref="KafkaException">It is not to be had: UNKNOWN_TOPIC_OR_PARTITION, an authorization error.</exception>
    public async Task<Config> DescribeConfigAsync(ConfigResource resource, CancellationToken cancellationToken = default) =>
        (await DescribeConfigsAsync([resource], null, cancellationToken).ConfigureAwait(false))[resource].Value;

    /// <summary>Changes some keys of configurations and leaves the others (KIP-339). All changes of a resource are made or none.</summary>
    public Task<IReadOnlyDictionary<ConfigResource, AdminResult>> IncrementalAlterConfigsAsync(
        IReadOnlyDictionary<ConfigResource, IReadOnlyCollection<AlterConfigOp>> changes, AlterConfigsOptions? options = null, CancellationToken cancellationToken = default)
    {
        bool validateOnly = options?.ValidateOnly == true;
        return RunAsync<ConfigResource>(
            "changing the configuration of",
            changes.Keys,
            (batch, asked, cancellation) => EachConfigNodeAsync(
                batch,
                asked,
                async (broker, wanted) =>
                {
                    IncrementalAlterConfigsResponse response = await AskAsync<IncrementalAlterConfigsResponse>(
                        broker, ConfigMessages.Alter(wanted, changes, validateOnly), cancellation).ConfigureAwait(false);
                    foreach (IncrementalAlterConfigsResponse.AlterConfigsResourceResponse result in response.Responses)
                    {
                        Settle(batch, new ConfigResource((ConfigResourceType)result.ResourceType, result.ResourceName), result.ErrorCode, result.ErrorMessage, true, () => true);
                    }
                },
                cancellation),
            cancellationToken);
    }

    /// <summary>Changes some keys of one configuration.</summary>
    /// <exception cref="KafkaException">Nothing was changed: INVALID_CONFIG, UNKNOWN_TOPIC_OR_PARTITION and so on.</exception>
    public async Task IncrementalAlterConfigsAsync(ConfigResource resource, IReadOnlyCollection<AlterConfigOp> changes, CancellationToken cancellationToken = default)
    {
        var all = new Dictionary<ConfigResource, IReadOnlyCollection<AlterConfigOp>> { [resource] = changes };
        (await IncrementalAlterConfigsAsync(all, null, cancellationToken).ConfigureAwait(false))[resource].ThrowIfFailed();
    }

    /// <summary>What has a configuration of its own: topics, brokers, groups, client metrics subscriptions (KIP-1142).</summary>
    /// <param name="types">Of these types; all when empty. Brokers before 4.1 know <see cref="ConfigResourceType.ClientMetrics"/> alone.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public Task<IReadOnlyList<ConfigResource>> ListConfigResourcesAsync(IReadOnlyCollection<ConfigResourceType>? types = null, CancellationToken cancellationToken = default) =>
        OnceAsync<IReadOnlyList<ConfigResource>>(
            "listing config resources",
            async cancellation =>
            {
                BrokerConnection broker = await _cluster.AnyAsync(cancellation).ConfigureAwait(false);
                var request = new ListConfigResourcesRequest();
                bool isOld = broker.Versions.Version(ApiKey.ListConfigResources) == 0;
                bool isOnlyMetrics = types is { Count: 1 } && types.First() == ConfigResourceType.ClientMetrics;
                if (isOld && !isOnlyMetrics)
                {
                    throw KafkaException.Of(ErrorCode.UnsupportedVersion, "listing config resources", "the broker is older than 4.1 and lists client metrics resources alone");
                }

                if (!isOld)
                {
                    request.ResourceTypes = [.. (types ?? []).Select(type => (sbyte)type)];
                }

                ListConfigResourcesResponse response = await AskAsync<ListConfigResourcesResponse>(broker, request, cancellation).ConfigureAwait(false);
                ThrowIf(response.ErrorCode, "listing config resources", null);
                return [.. response.ConfigResources.Select(resource => new ConfigResource(isOld ? ConfigResourceType.ClientMetrics : (ConfigResourceType)resource.ResourceType, resource.ResourceName))];
            },
            cancellationToken);

    /// <summary>The names of the client metrics subscriptions (KIP-714).</summary>
    public async Task<IReadOnlyList<string>> ListClientMetricsResourcesAsync(CancellationToken cancellationToken = default) =>
        [.. (await ListConfigResourcesAsync([ConfigResourceType.ClientMetrics], cancellationToken).ConfigureAwait(false)).Select(resource => resource.Name)];

    /// <summary>Asks the broker whose configuration it is, and some broker for what belongs to the cluster.</summary>
    private async Task EachConfigNodeAsync<TValue>(
        AdminBatch<ConfigResource, TValue> batch, ConfigResource[] asked, Func<BrokerConnection, ConfigResource[], Task> ask, CancellationToken cancellationToken)
    {
        ConfigResource[] shared = [.. asked.Where(resource => ConfigMessages.NodeOf(resource) < 0)];
        ConfigResource[] own = [.. asked.Where(resource => ConfigMessages.NodeOf(resource) >= 0)];
        Task forShared = shared.Length == 0 ? Task.CompletedTask : EachNodeAsync(batch, shared.GroupBy(_ => -1), async (_, wanted) =>
            await ask(await SharedConfigNodeAsync(cancellationToken).ConfigureAwait(false), wanted).ConfigureAwait(false));
        Task forOwn = own.Length == 0 ? Task.CompletedTask : EachBrokerAsync(
            batch,
            own,
            ConfigMessages.NodeOf,
            async (node, wanted) => await ask(await _cluster.ConnectAsync(node, ConnectionPurpose.General, cancellationToken).ConfigureAwait(false), wanted).ConfigureAwait(false),
            cancellationToken);
        await Task.WhenAll(forShared, forOwn).ConfigureAwait(false);
    }

    private async Task<BrokerConnection> SharedConfigNodeAsync(CancellationToken cancellationToken) =>
        _options.UsesControllers ? await _cluster.ControllerAsync(cancellationToken).ConfigureAwait(false) : await _cluster.AnyAsync(cancellationToken).ConfigureAwait(false);
}
