using System.CommandLine;
using Moldau.Client;
using Moldau.Core;

namespace Moldau.Cli;

/// <summary><c>moldau transactions</c>: what kafka-transactions does.</summary>
internal static class TransactionsCommand
{
    public static Command Build(CliContext context) => new("transactions", "List and describe transactions, find those that hang, and end them.")
    {
        Subcommands = { List(context), Describe(context), Producers(context), FindHanging(context), Abort(context) },
    };

    private static CliCommand List(CliContext context)
    {
        var state = new Option<string?>("--state") { Description = "Only in these states: Ongoing, PrepareCommit, …", HelpName = "STATE,…" };
        var longer = new Option<long?>("--duration-filter") { Description = "Only those open for longer.", HelpName = "MS" };
        var pattern = new Option<string?>("--transactional-id-pattern") { Description = "Only ids that match this regular expression.", HelpName = "REGEX" };
        var command = new CliCommand("list", "List transactional ids.", "moldau transactions list --state Ongoing") { state, longer, pattern };
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            var options = new ListTransactionsOptions
            {
                States =
                [
                    .. (parsed.GetValue(state) ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(text =>
                        Enum.TryParse(text, ignoreCase: true, out TransactionState value) ? value : throw CliException.Usage($"--state {text}: it must be one of {string.Join(", ", Enum.GetNames<TransactionState>().Skip(1))}")),
                ],
                RunningLongerThan = parsed.GetValue(longer) is { } ms ? TimeSpan.FromMilliseconds(ms) : null,
                TransactionalIdPattern = parsed.GetValue(pattern),
            };
            var table = new RowSet(Column.Text("transactionalId", "transactional id"), Column.Number("coordinator"), Column.Number("producerId", "producer id"), Column.Text("state")) { WhenEmpty = "no transactional ids" };
            foreach (TransactionListing listing in await session.Admin.ListTransactionsAsync(options, cancellation))
            {
                table.Add(listing.TransactionalId, listing.CoordinatorId, listing.ProducerId, listing.State.ToString());
            }

            session.Report.Write(table);
            return CommandExit.Ok;
        });
        return command;
    }

    private static CliCommand Describe(CliContext context)
    {
        var id = new Option<string>("--transactional-id") { Description = "The id.", HelpName = "ID", Required = true };
        var command = new CliCommand("describe", "Show the transaction of a transactional id.", "moldau transactions describe --transactional-id billing") { id };
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            TransactionDescription transaction = (await session.Admin.DescribeTransactionsAsync([parsed.GetValue(id)!], cancellation))[parsed.GetValue(id)!].Value;
            DateTimeOffset now = context.Seams.Time.GetUtcNow();
            session.Report.Write(new Facts()
                .Add("transactionalId", transaction.TransactionalId, "transactional id")
                .Add("coordinator", transaction.CoordinatorId)
                .Add("producerId", transaction.ProducerId, "producer id")
                .Add("producerEpoch", transaction.ProducerEpoch, "producer epoch")
                .Add("state", transaction.State.ToString())
                .Add("timeoutMs", Cell.Milliseconds((long)transaction.Timeout.TotalMilliseconds), "time-out")
                .Add("startTimestamp", transaction.StartTime is { } start ? Cell.Timestamp(start.ToUnixTimeMilliseconds()) : Cell.None, "since")
                .Add("durationMs", transaction.StartTime is { } began ? Cell.Milliseconds((long)(now - began).TotalMilliseconds) : Cell.None, "duration")
                .Add("partitions", Cell.Texts(transaction.Partitions.Select(partition => partition.ToString()).Order(StringComparer.Ordinal))));
            return CommandExit.Ok;
        });
        return command;
    }

    private static CliCommand Producers(CliContext context)
    {
        var topics = new PartitionList();
        var broker = new Option<int?>("--broker-id") { Description = "Ask this replica; the leader unless given.", HelpName = "ID" };
        var command = new CliCommand("describe-producers", "Show the producers that partitions remember.", "moldau transactions describe-producers --topic orders:0") { broker };
        topics.AddTo(command);
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            IReadOnlyList<TopicPartition> partitions = topics.IsGiven(parsed) ? await topics.GetAsync(session, parsed, cancellation) : throw CliException.Usage("which partition? --topic TOPIC:N");
            var results = await session.Admin.DescribeProducersAsync(partitions, parsed.GetValue(broker), cancellation);
            var table = new RowSet(
                Column.Text("topic"), Column.Number("partition"), Column.Number("producerId", "producer id"), Column.Number("producerEpoch", "epoch"), Column.Number("coordinatorEpoch", "coordinator epoch").Optional(),
                Column.Number("lastSequence", "last sequence"), Column.Number("lastTimestamp", "last timestamp"), Column.Number("transactionStartOffset", "transaction since"))
            {
                WhenEmpty = "no producers",
            };
            foreach (TopicPartition partition in partitions)
            {
                foreach (ProducerState producer in results[partition].Value.OrderBy(producer => producer.ProducerId))
                {
                    table.Add(
                        partition.Topic.Value, partition.Partition.Value, producer.ProducerId, producer.ProducerEpoch, (long?)producer.CoordinatorEpoch, producer.LastSequence,
                        producer.LastTimestamp is { } last ? Cell.Timestamp(last.ToUnixTimeMilliseconds()) : Cell.None, producer.CurrentTransactionStartOffset);
                }
            }

            session.Report.Write(table);
            return CommandExit.Ok;
        });
        return command;
    }

    private static CliCommand FindHanging(CliContext context)
    {
        var topics = new PartitionList();
        var longest = new Option<long>("--max-transaction-timeout") { Description = "Minutes that a transaction may take: transaction.max.timeout.ms of the brokers.", HelpName = "MINUTES", DefaultValueFactory = _ => 15 };
        var broker = new Option<int?>("--broker-id") { Description = "Only partitions that this broker leads.", HelpName = "ID" };
        var command = new CliCommand(
            "find-hanging", "Find transactions that hold read_committed consumers up and that no coordinator will end; exit code 1 when there are some.", "moldau transactions find-hanging", "moldau transactions find-hanging --topic orders")
        {
            longest, broker,
        };
        topics.AddTo(command);
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            IReadOnlyList<TopicPartition> partitions = topics.IsGiven(parsed)
                ? await topics.GetAsync(session, parsed, cancellation)
                : await LedAsync(session, parsed.GetValue(broker), cancellation);
            IReadOnlyList<HangingTransactionFacts> hanging = await HangingTransactions.FindAsync(session, partitions, TimeSpan.FromMinutes(parsed.GetValue(longest)), cancellation);
            var table = new RowSet(
                Column.Text("topic"), Column.Number("partition"), Column.Number("producerId", "producer id"), Column.Number("startOffset", "start offset"), Column.Number("ageMs", "age"))
            {
                WhenEmpty = $"no transaction hangs in {partitions.Count} partitions",
            };
            foreach (HangingTransactionFacts found in hanging)
            {
                table.Add(found.Topic, found.Partition, found.ProducerId, found.StartOffset, Cell.Milliseconds(found.AgeMs));
            }

            session.Report.Write(table);
            return hanging.Count == 0 ? CommandExit.Ok : CommandExit.Failed;
        });
        return command;
    }

    /// <summary>The partitions of all topics, or those of them that one broker leads.</summary>
    private static async Task<IReadOnlyList<TopicPartition>> LedAsync(Session session, int? broker, CancellationToken cancellationToken) =>
    [
        .. (await TopicReading.DescribeAsync(session, [], withInternal: true, cancellationToken)).SelectMany(topic => topic.Partitions
            .Where(partition => broker is null || partition.Leader == broker).Select(partition => new TopicPartition(topic.Name, partition.Partition))),
    ];

    private static CliCommand Abort(CliContext context)
    {
        var topic = new Option<string?>("--topic") { Description = "The topic where it hangs.", HelpName = "TOPIC" };
        var partition = new Option<int?>("--partition") { Description = "The partition.", HelpName = "N" };
        var start = new Option<long?>("--start-offset") { Description = "Where it begins, as find-hanging shows it.", HelpName = "N" };
        var id = new Option<string?>("--transactional-id") { Description = "Or: end the transaction of this id, and fence its producer.", HelpName = "ID" };
        var command = new CliCommand("abort", "Abort a transaction.", "moldau transactions abort --topic orders --partition 2 --start-offset 1745", "moldau transactions abort --transactional-id billing") { topic, partition, start, id };
        command.OnCluster(context, async (session, parsed, cancellation) =>
        {
            if (parsed.GetValue(id) is { } transactionalId)
            {
                await session.Admin.ForceTerminateTransactionAsync(transactionalId, cancellation);
                session.Report.Done($"The transaction of {transactionalId} is ended and its producer fenced.", new Facts().Add("transactionalId", transactionalId).Add("aborted", true));
                return CommandExit.Ok;
            }

            if (parsed.GetValue(topic) is not { } name || parsed.GetValue(partition) is not { } index || parsed.GetValue(start) is not { } offset)
            {
                throw CliException.Usage("which transaction? --topic, --partition and --start-offset, or --transactional-id");
            }

            var where = new TopicPartition(name, index);
            ProducerState producer = (await session.Admin.DescribeProducersAsync([where], null, cancellation))[where].Value.FirstOrDefault(state => state.CurrentTransactionStartOffset == offset)
                ?? throw CliException.Failed($"no transaction is open in {where} since offset {offset}", "\"moldau transactions describe-producers\" shows those that are");
            await session.Admin.AbortTransactionAsync(new AbortTransactionSpec(where, producer.ProducerId, (short)producer.ProducerEpoch, producer.CoordinatorEpoch ?? 0), cancellation);
            session.Report.Done(
                $"Aborted the transaction of producer {producer.ProducerId} in {where}.", new Facts().Add("topic", name).Add("partition", index).Add("producerId", producer.ProducerId).Add("aborted", true));
            return CommandExit.Ok;
        });
        return command;
    }
}
