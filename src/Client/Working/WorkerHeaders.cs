using System.Globalization;
using System.Text;
using Moldau.Records;

namespace Moldau.Client;

/// <summary>
/// Headers of records that were put aside. Those that tell where a record came from and why have the names that Apache Kafka gives to dead letters of share groups (KIP-1191); values are text.
/// </summary>
public static class WorkerHeaders
{
    /// <summary>The topic that the record was in at first.</summary>
    public const string Topic = "__dlq.errors.topic";

    /// <summary>Its partition there.</summary>
    public const string Partition = "__dlq.errors.partition";

    /// <summary>Its offset there.</summary>
    public const string Offset = "__dlq.errors.offset";

    /// <summary>The group whose worker put it aside.</summary>
    public const string Group = "__dlq.errors.group";

    /// <summary>How often a handler has had it, in all stages.</summary>
    public const string DeliveryCount = "__dlq.errors.delivery.count";

    /// <summary>What the handler said last.</summary>
    public const string Message = "__dlq.errors.message";

    /// <summary>Of a record in a retry topic: which stage it is, from 0.</summary>
    public const string RetryStage = "__retry.stage";

    /// <summary>Of a record in a retry topic: when it may be tried again, in milliseconds since the epoch.</summary>
    public const string RetryNotBefore = "__retry.not.before";

    private const int MessageCharsMax = 1000;

    /// <summary>The headers of a copy: the record's own, without those of an earlier stage, and what is known of its failure.</summary>
    internal static RecordHeader[] Of(WorkerRecord record, string group, int deliveryCount, Exception failure, int? stage, long notBeforeMs)
    {
        List<RecordHeader> headers = [.. record.Headers.Where(header => !IsOurs(header.Name)).Select(header => new RecordHeader(header.Name, header.Value))];
        headers.Add(Text(Topic, record.OriginalTopic));
        headers.Add(Text(Partition, Number(record.OriginalPartition)));
        headers.Add(Text(Offset, Number(record.OriginalOffset)));
        headers.Add(Text(Group, group));
        headers.Add(Text(DeliveryCount, Number(deliveryCount)));
        string message = $"{failure.GetType().FullName}: {failure.Message}";
        headers.Add(Text(Message, message.Length <= MessageCharsMax ? message : message[..MessageCharsMax]));
        if (stage is { } number)
        {
            headers.Add(Text(RetryStage, Number(number)));
            headers.Add(Text(RetryNotBefore, Number(notBeforeMs)));
        }

        return [.. headers];
    }

    private static bool IsOurs(string name) => name is Topic or Partition or Offset or Group or DeliveryCount or Message or RetryStage or RetryNotBefore;

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static RecordHeader Text(string name, string value) => new(name, Encoding.UTF8.GetBytes(value));
}
