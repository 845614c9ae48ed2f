using System.Text;
using System.Text.Json;
using Moldau.Core;
using Moldau.Protocol.Api;
using Moldau.Tests;

namespace Moldau.Protocol.Tests;

/// <summary>The readers over the frame see what the generated classes see, refuse what those refuse, and allocate nothing.</summary>
public class HotReaderTests
{
    [Fact]
    public void They_agree_with_the_classes_on_all_golden_lines()
    {
        int seen = 0;
        foreach (JsonElement line in RepositoryFolder.GoldenLines("clients-requests").Concat(RepositoryFolder.GoldenLines("clients-responses")).Concat(RepositoryFolder.GoldenLines("damaged")))
        {
            if (IsHot(line.GetProperty("name").GetString()!))
            {
                byte[] bytes = Convert.FromHexString(line.GetProperty("hex").GetString()!);
                Compare(line.GetProperty("name").GetString()!, bytes, line.GetProperty("version").GetInt16());
                seen++;
            }
        }
        seen.ShouldBeGreaterThan(30);
    }

    [Fact]
    public void They_agree_with_the_classes_on_random_and_cut_and_damaged_messages()
    {
        foreach ((MessageInfo message, short version) in AnyMessage.Versions.Where(pair => IsHot(pair.Message.Name)))
        {
            Random random = TestSeed.For(message.Name, version);
            for (int i = 0; i < 20; i++)
            {
                string json = RandomMessage.Json(random, message.Name, version);
                byte[] bytes = AnyMessage.Write(AnyMessage.FromJson(message, json, version), version);
                Compare(message.Name, bytes, version);
                Compare(message.Name, bytes[..random.Next(bytes.Length)], version);
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                Compare(message.Name, bytes, version);
            }
        }
    }

    [Fact]
    public void They_allocate_nothing()
    {
        var request = new ProduceRequest
        {
            TopicData = [.. Enumerable.Range(0, 20).Select(_ => new ProduceRequest.TopicProduceData { PartitionData = [new() { Records = new byte[100] }] })],
        };
        byte[] body = AnyMessage.Write(request, 12);
        CountPartitions(body).ShouldBe(20);
        AllocatedBytes.LeastOf(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                CountPartitions(body);
            }
        }).ShouldBe(0);
    }

    private static int CountPartitions(byte[] body)
    {
        int count = 0;
        ProduceRequestReader reader = ProduceRequestReader.Open(body, 12);
        while (reader.NextTopic())
        {
            while (reader.NextPartition())
            {
                count++;
            }
        }
        return count;
    }

    private static void Compare(string name, byte[] bytes, short version)
    {
        string expected = Describe(() =>
        {
            var reader = new MessageReader(bytes);
            return name switch
            {
                "ProduceRequest" => Text(ProduceRequest.Read(ref reader, version)),
                "FetchRequest" => Text(FetchRequest.Read(ref reader, version), version),
                _ => Text(FetchResponse.Read(ref reader, version)),
            };
        });
        string actual = Describe(() => name switch
        {
            "ProduceRequest" => ProduceText(bytes, version),
            "FetchRequest" => FetchText(bytes, version),
            _ => ResponseText(bytes, version),
        });
        actual.ShouldBe(expected, $"{name} {version}, seed {TestSeed.Value}, {Convert.ToHexString(bytes)}");
    }

    private static string Describe(Func<string> read)
    {
        try
        {
            return read();
        }
        catch (ProtocolException)
        {
            return "refused";
        }
    }

    private static string Text(ProduceRequest request)
    {
        var text = new StringBuilder($"{request.TransactionalId?.Value ?? "-"} {request.Acks} {request.TimeoutMs}");
        foreach (ProduceRequest.TopicProduceData topic in request.TopicData)
        {
            text.Append($"\n{topic.Name} {topic.TopicId}");
            foreach (ProduceRequest.PartitionProduceData partition in topic.PartitionData)
            {
                text.Append($" {partition.Index}:{Hex(partition.Records)}");
            }
        }
        return text.ToString();
    }

    private static string ProduceText(byte[] bytes, short version)
    {
        ProduceRequestReader reader = ProduceRequestReader.Open(bytes, version);
        string id = reader.IsTransactional ? Encoding.UTF8.GetString(reader.TransactionalId) : "-";
        var text = new StringBuilder($"{id} {reader.Acks} {reader.TimeoutMs}");
        while (reader.NextTopic())
        {
            text.Append($"\n{Encoding.UTF8.GetString(reader.TopicName)} {reader.TopicId}");
            while (reader.NextPartition())
            {
                text.Append($" {reader.Partition}:{Hex(reader.Records)}");
            }
        }
        return text.ToString();
    }

    private static string Text(FetchRequest request, short version)
    {
        int replica = version <= 14 ? request.ReplicaId : request.ReplicaState.ReplicaId;
        var text = new StringBuilder($"{replica} {request.ReplicaState.ReplicaEpoch} {request.MaxWaitMs} {request.MinBytes} {request.MaxBytes}");
        text.Append($" {request.IsolationLevel} {request.SessionId} {request.SessionEpoch} {request.RackId} {request.ClusterId ?? ""}");
        foreach (FetchRequest.FetchTopic topic in request.Topics)
        {
            text.Append($"\n{topic.Topic} {topic.TopicId}");
            foreach (FetchRequest.FetchPartition partition in topic.Partitions)
            {
                text.Append($" {partition.Partition} {partition.CurrentLeaderEpoch} {partition.FetchOffset} {partition.LastFetchedEpoch}");
                text.Append($" {partition.LogStartOffset} {partition.PartitionMaxBytes} {partition.ReplicaDirectoryId} {partition.HighWatermark};");
            }
        }
        foreach (FetchRequest.ForgottenTopic topic in request.ForgottenTopicsData)
        {
            text.Append($"\nforgotten {topic.Topic} {topic.TopicId} {string.Join(',', topic.Partitions)}");
        }
        return text.ToString();
    }

    private static string FetchText(byte[] bytes, short version)
    {
        FetchRequestReader reader = FetchRequestReader.Open(bytes, version);
        var text = new StringBuilder($"{reader.ReplicaId} {reader.ReplicaEpoch} {reader.MaxWaitMs} {reader.MinBytes} {reader.MaxBytes}");
        text.Append($" {reader.IsolationLevel} {reader.SessionId} {reader.SessionEpoch} {Encoding.UTF8.GetString(reader.RackId)}");
        text.Append($" {Encoding.UTF8.GetString(reader.ClusterId)}");
        while (reader.NextTopic())
        {
            text.Append($"\n{Encoding.UTF8.GetString(reader.TopicName)} {reader.TopicId}");
            while (reader.NextPartition())
            {
                text.Append($" {reader.Partition} {reader.CurrentLeaderEpoch} {reader.FetchOffset} {reader.LastFetchedEpoch}");
                text.Append($" {reader.LogStartOffset} {reader.PartitionMaxBytes} {reader.ReplicaDirectoryId} {reader.HighWatermark};");
            }
        }
        while (reader.NextForgottenTopic())
        {
            var partitions = new List<string>();
            text.Append($"\nforgotten {Encoding.UTF8.GetString(reader.TopicName)} {reader.TopicId} ");
            while (reader.NextForgottenPartition())
            {
                partitions.Add(reader.Partition.ToString());
            }
            text.AppendJoin(',', partitions);
        }
        return text.ToString();
    }

    private static string Text(FetchResponse response)
    {
        var text = new StringBuilder($"{response.ThrottleTimeMs} {response.ErrorCode} {response.SessionId}");
        foreach (FetchResponse.FetchableTopicResponse topic in response.Responses)
        {
            text.Append($"\n{topic.Topic} {topic.TopicId}");
            foreach (FetchResponse.PartitionData partition in topic.Partitions)
            {
                text.Append($" {partition.PartitionIndex} {partition.ErrorCode} {partition.HighWatermark} {partition.LastStableOffset} {partition.LogStartOffset}");
                text.AppendJoin(',', (partition.AbortedTransactions ?? []).Select(aborted => $" {aborted.ProducerId}@{aborted.FirstOffset}"));
                text.Append($" {partition.PreferredReadReplica} {Hex(partition.Records)} {partition.CurrentLeader.LeaderId} {partition.CurrentLeader.LeaderEpoch};");
                FetchResponse.NodeEndpoint? leader = response.NodeEndpoints.Find(node => node.NodeId == partition.CurrentLeader.LeaderId);
                text.Append(leader is null ? "" : $"{leader.Host}:{leader.Port}/{leader.Rack ?? "-"}");
            }
        }
        FetchResponse.NodeEndpoint? last = response.NodeEndpoints.LastOrDefault();
        return text.Append(last is null ? "" : $"\n{response.NodeEndpoints.Find(node => node.NodeId == last.NodeId)!.Host}").ToString();
    }

    private static string ResponseText(byte[] bytes, short version)
    {
        FetchResponseReader reader = FetchResponseReader.Open(bytes, version);
        var text = new StringBuilder($"{reader.ThrottleTimeMs} {reader.ErrorCode} {reader.SessionId}");
        while (reader.NextTopic())
        {
            text.Append($"\n{Encoding.UTF8.GetString(reader.TopicName)} {reader.TopicId}");
            while (reader.NextPartition())
            {
                text.Append($" {reader.Partition} {reader.PartitionError} {reader.HighWatermark} {reader.LastStableOffset} {reader.LogStartOffset}");
                var aborted = new List<string>();
                foreach ((ProducerId producer, Offset first) in reader.AbortedTransactions)
                {
                    aborted.Add($" {producer}@{first}");
                }
                text.AppendJoin(',', aborted);
                text.Append($" {reader.PreferredReadReplica} {Hex(reader.Records)} {reader.CurrentLeaderId} {reader.CurrentLeaderEpoch};");
                text.Append(reader.TryFindEndpoint(reader.CurrentLeaderId, out string host, out int port, out string? rack) ? $"{host}:{port}/{rack ?? "-"}" : "");
            }
        }
        var response = new MessageReader(bytes);
        FetchResponse.NodeEndpoint? last = FetchResponse.Read(ref response, version).NodeEndpoints.LastOrDefault();
        return text.Append(last is not null && reader.TryFindEndpoint(last.NodeId, out string found, out _, out _) ? $"\n{found}" : "").ToString();
    }

    private static bool IsHot(string name) => name is "ProduceRequest" or "FetchRequest" or "FetchResponse";

    private static string Hex(ReadOnlyMemory<byte>? bytes) => bytes is { } some ? Convert.ToHexString(some.Span) : "null";
}
