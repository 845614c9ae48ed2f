using System.Globalization;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Simulation;

/// <summary>The only client that changes topics, one change at a time, each tried until it is known whether it was done.</summary>
internal sealed class Administrator(NodeRun run, SimClient client, SimRandom random) : Behaviour(run, client, random)
{
    private const int TopicsMax = 4;
    private static readonly string[] Names = ["a", "b-c", "d.e", "f_g", "h"];

    protected override async Task DoOneAsync()
    {
        if (Run.Topics.Count < 2)
        {
            await CreateAsync();
            return;
        }

        TopicModel topic = Run.Topics[Random.Next(Run.Topics.Count)];
        switch (Random.Next(12))
        {
            case 0 when Run.Topics.Count < TopicsMax:
                await CreateAsync();
                break;
            case 1 when Random.OneIn(3):
                await DeleteAsync(topic);
                break;
            case 2 when topic.Partitions.Count < 4:
                await AddPartitionsAsync(topic);
                break;
            case 3 or 4:
                await AlterConfigAsync(topic);
                break;
            case 5 or 6:
                await DeleteRecordsAsync(topic.Partitions[Random.Next(topic.Partitions.Count)]);
                break;
            case 7:
                await CompareMetadataAsync();
                break;
            case 8:
                await CompareConfigAsync(topic);
                break;
            default:
                await PauseAsync(Random.Next(100));
                break;
        }
    }

    /// <summary>Tries until it is answered: the administrator's changes are few, and it must know of each what became of it.</summary>
    private async Task<TResponse> InsistAsync<TResponse>(IRequest request, short version, Action? onRetry = null)
        where TResponse : class, IResponse, IMessage<TResponse>
    {
        while (true)
        {
            try
            {
                return await Client.CallAsync<TResponse>(request, version);
            }
            catch (SimClientException lost)
            {
                Note($"no answer: {lost.Message}");
                onRetry?.Invoke();
                await PauseAsync(Random.Next(5, 100));
            }
        }
    }

    private async Task CreateAsync()
    {
        string name = Names[Random.Next(Names.Length)];
        if (Run.Topics.Any(topic => topic.Name == name))
        {
            return;
        }

        int partitions = Random.Next(1, 4);
        Dictionary<string, string> configs = DrawConfigs();
        Note($"creates {name} with {partitions} partitions, {string.Join(", ", configs.Select(config => $"{config.Key}={config.Value}"))}");
        var request = new CreateTopicsRequest
        {
            Topics =
            [
                new()
                {
                    Name = name, NumPartitions = partitions, ReplicationFactor = 1,
                    Configs = [.. configs.Select(config => new CreateTopicsRequest.CreatableTopicConfig { Name = config.Key, Value = config.Value })],
                },
            ],
        };
        bool tried = false;
        while (true)
        {
            CreateTopicsResponse.CreatableTopicResult result = (await InsistAsync<CreateTopicsResponse>(request, 7, () => tried = true)).Topics.Single();
            Note($"creation of {name}: {result.ErrorCode} {result.ErrorMessage}");
            if (result.ErrorCode == ErrorCode.None || (tried && result.ErrorCode == ErrorCode.TopicAlreadyExists))
            {
                Core.Uuid id = result.ErrorCode == ErrorCode.None ? result.TopicId : await IdOfAsync(name);
                Run.AddTopic(name, id, partitions, configs);
                return;
            }

            Run.RequireMayFail(null, result.ErrorCode, result.ErrorMessage);
            tried |= result.ErrorCode == ErrorCode.RequestTimedOut;
            await PauseAsync(Random.Next(5, 100));
        }
    }

    private Dictionary<string, string> DrawConfigs()
    {
        var configs = new Dictionary<string, string>
        {
            ["internal.segment.bytes"] = Random.Next(700, 6000).ToString(CultureInfo.InvariantCulture),
            ["index.interval.bytes"] = Random.Next(1, 500).ToString(CultureInfo.InvariantCulture),
            ["file.delete.delay.ms"] = Random.Next(0, 100_000).ToString(CultureInfo.InvariantCulture),
        };
        if (Random.OneIn(2))
        {
            configs["durability"] = Random.OneIn(2) ? "fsync" : "kafka";
        }

        if (Random.OneIn(8))
        {
            configs["flush.messages"] = "1";
        }

        if (Random.OneIn(3))
        {
            configs["retention.bytes"] = Random.Next(3000, 20_000).ToString(CultureInfo.InvariantCulture);
        }

        if (Random.OneIn(2))
        {
            configs["retention.ms"] = (Random.Next(1, 48) * 3_600_000L).ToString(CultureInfo.InvariantCulture);
        }

        if (Random.OneIn(4))
        {
            configs["preallocate"] = "true";
        }

        if (Random.OneIn(3))
        {
            configs["cleanup.policy"] = Random.OneIn(3) ? "compact,delete" : "compact";
            configs["min.cleanable.dirty.ratio"] = "0.01";
            configs["delete.retention.ms"] = (Random.Next(1, 48) * 3_600_000L).ToString(CultureInfo.InvariantCulture);
            configs["segment.ms"] = "3600000";
        }

        return configs;
    }

    private async Task<Core.Uuid> IdOfAsync(string name)
    {
        while (true)
        {
            MetadataResponse.MetadataResponseTopic found = (await InsistAsync<MetadataResponse>(
                new MetadataRequest { Topics = [new() { Name = name }], AllowAutoTopicCreation = false }, 12)).Topics.Single();
            if (found.ErrorCode is ErrorCode.None or ErrorCode.LeaderNotAvailable)
            {
                return found.TopicId;
            }

            Run.RequireMayFail(null, found.ErrorCode, "looking for the id");
            await PauseAsync(Random.Next(5, 100));
        }
    }

    private async Task DeleteAsync(TopicModel topic)
    {
        Note($"deletes {topic.Name}");
        topic.State = TopicState.Deleting;
        bool tried = false;
        while (true)
        {
            DeleteTopicsResponse.DeletableTopicResult result = (await InsistAsync<DeleteTopicsResponse>(
                new DeleteTopicsRequest { Topics = [new() { Name = null, TopicId = topic.Id }], TimeoutMs = 20_000 }, 6, () => tried = true)).Responses.Single();
            Note($"deletion of {topic.Name}: {result.ErrorCode} {result.ErrorMessage}");
            if (result.ErrorCode == ErrorCode.None || (tried && result.ErrorCode == ErrorCode.UnknownTopicId))
            {
                topic.State = TopicState.Deleted;
                Run.Topics.Remove(topic);
                return;
            }

            Run.RequireMayFail(null, result.ErrorCode, result.ErrorMessage);
            tried |= result.ErrorCode == ErrorCode.RequestTimedOut;
            await PauseAsync(Random.Next(5, 100));
        }
    }

    private async Task AddPartitionsAsync(TopicModel topic)
    {
        int count = topic.Partitions.Count + 1;
        topic.PartitionsAsked = count;
        Note($"wants {count} partitions of {topic.Name}");
        bool tried = false;
        while (true)
        {
            CreatePartitionsResponse.CreatePartitionsTopicResult result = (await InsistAsync<CreatePartitionsResponse>(
                new CreatePartitionsRequest { Topics = [new() { Name = topic.Name, Count = count, Assignments = null }], TimeoutMs = 20_000 }, 3, () => tried = true)).Results.Single();
            Note($"{count} partitions of {topic.Name}: {result.ErrorCode} {result.ErrorMessage}");
            if (result.ErrorCode == ErrorCode.None || (tried && result.ErrorCode == ErrorCode.InvalidPartitions))
            {
                topic.Partitions.Add(Run.NewPartition(topic, count - 1));
                return;
            }

            Run.RequireMayFail(null, result.ErrorCode, result.ErrorMessage);
            tried |= result.ErrorCode == ErrorCode.RequestTimedOut;
            await PauseAsync(Random.Next(5, 100));
        }
    }

    private async Task AlterConfigAsync(TopicModel topic)
    {
        (string key, string value) = Random.Next(4) switch
        {
            0 => ("retention.ms", (Random.Next(1, 48) * 3_600_000L).ToString(CultureInfo.InvariantCulture)),
            1 => ("retention.bytes", Random.Next(3000, 20_000).ToString(CultureInfo.InvariantCulture)),
            2 => ("internal.segment.bytes", Random.Next(700, 6000).ToString(CultureInfo.InvariantCulture)),
            _ => ("max.message.bytes", Random.Next(20_000, 1_000_000).ToString(CultureInfo.InvariantCulture)),
        };
        Note($"sets {key}={value} of {topic.Name}");
        topic.Configs.TryAdd(key, []);
        topic.Configs[key].Add(value);
        while (true)
        {
            IncrementalAlterConfigsResponse.AlterConfigsResourceResponse result = (await InsistAsync<IncrementalAlterConfigsResponse>(
                new IncrementalAlterConfigsRequest { Resources = [new() { ResourceType = 2, ResourceName = topic.Name, Configs = [new() { Name = key, Value = value }] }] }, 1)).Responses.Single();
            Note($"{key} of {topic.Name}: {result.ErrorCode} {result.ErrorMessage}");
            if (result.ErrorCode == ErrorCode.None)
            {
                return;
            }

            Run.RequireMayFail(null, result.ErrorCode, result.ErrorMessage);
            await PauseAsync(Random.Next(5, 100));
        }
    }

    private async Task DeleteRecordsAsync(PartitionModel partition)
    {
        long before = Random.OneIn(8) ? -1 : Random.NextInt64(partition.Start, Math.Max(partition.Start, Math.Min(partition.Acknowledged, partition.HighWatermark)) + 1);
        if (partition.Topic.IsCompacted && !partition.Topic.IsDeletedByAge)
        {
            return;
        }

        long deletedBefore = partition.DeletedBefore;
        partition.DeletedBefore = before < 0 ? long.MaxValue : Math.Max(deletedBefore, before);
        int losses = partition.Losses;
        Note($"deletes records of {partition.Name} before {before}");
        DeleteRecordsResponse.DeleteRecordsPartitionResult result = (await InsistAsync<DeleteRecordsResponse>(
            new DeleteRecordsRequest
            {
                Topics = [new() { Name = partition.Topic.Name, Partitions = [new() { PartitionIndex = partition.Index, Offset = before }] }],
                TimeoutMs = 20_000,
            },
            2)).Topics.Single().Partitions.Single();
        Note($"records of {partition.Name} before {before}: {result.ErrorCode}, low watermark {result.LowWatermark}");
        if (result.ErrorCode == ErrorCode.None)
        {
            partition.DeletedBefore = Math.Max(deletedBefore, result.LowWatermark);
            partition.Require(result.LowWatermark >= before, $"records before {before} were to be deleted, the low watermark is {result.LowWatermark}");
            return;
        }

        if (result.ErrorCode == ErrorCode.OffsetOutOfRange)
        {
            partition.Require(partition.Losses > losses || before < partition.Start, $"I7: offset {before} is out of range, the log was known from {partition.Start} to {partition.Acknowledged}");
            return;
        }

        Run.RequireMayFail(partition, result.ErrorCode, null);
    }

    private async Task CompareMetadataAsync()
    {
        MetadataResponse response = await InsistAsync<MetadataResponse>(new MetadataRequest { Topics = null }, 12);
        Run.Checks.CompareTopics(response.Topics.Select(topic => (topic.Name?.Value ?? "", topic.TopicId, topic.Partitions.Count)));
    }

    private async Task CompareConfigAsync(TopicModel topic)
    {
        DescribeConfigsResponse.DescribeConfigsResult result = (await InsistAsync<DescribeConfigsResponse>(
            new DescribeConfigsRequest { Resources = [new() { ResourceType = 2, ResourceName = topic.Name, ConfigurationKeys = null }] }, 4)).Results.Single();
        if (result.ErrorCode != ErrorCode.None)
        {
            Run.RequireMayFail(null, result.ErrorCode, result.ErrorMessage);
            return;
        }

        foreach ((string key, List<string> values) in topic.Configs)
        {
            string? found = result.Configs.Find(config => config.Name == key)?.Value;
            if (found != values[^1])
            {
                throw new SimulationFailedException($"{key} of {topic.Name} is {found}, acknowledged was {values[^1]}");
            }
        }
    }
}
