using Moldau.ClientBench;

if (args.Length > 0 && args[0] == "compare")
{
    return await new Comparison(CompareOptions.Parse(args[1..])).RunAsync();
}

if (args.Length < 2 || args[0] is not ("produce" or "latency" or "consume"))
{
    Console.Error.WriteLine("""
        ClientBench: how fast a client library of .NET is against a broker that runs already

          compare [WORKLOAD…] [--bootstrap HOST:PORT] [--broker-pid PID] [--pairs N] [--seconds S] [--batch BYTES] [--partitions N] [--clients A,B] [--java TOOL] [--c PROGRAM]
                                        all clients in turn, and one table; bench/clients does it all

          produce CLIENT [KEY=VALUE…]   as many records as it takes, fire and forget with back pressure
          latency CLIENT [KEY=VALUE…]   one awaited send after the other
          consume CLIENT [KEY=VALUE…]   a topic from its beginning, as a member of a group of its own

          CLIENT     moldau or confluent; for produce also moldau-send (each send awaited, 8,192 behind) and moldau-typed; for consume moldau-records, which enumerates records
                     instead of batches
          KEY=VALUE  bench.topic, bench.records, bench.bytes, bench.warmup (records), bench.threads; all others are Kafka's settings of the client
        """);
    return 2;
}

if (args[0] == "consume")
{
    return await ConsumeRun.Parse(args).ConsumeAsync();
}

var run = BenchRun.Parse(args);
return args[0] == "produce" ? await run.ProduceAsync() : await run.LatencyAsync();
