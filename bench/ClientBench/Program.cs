using Moldau.ClientBench;

if (args.Length < 2 || args[0] is not ("produce" or "latency"))
{
    Console.Error.WriteLine("""
        ClientBench: how fast a client library of .NET is against a broker that runs already

          produce CLIENT [KEY=VALUE…]   as many records as it takes, fire and forget with back pressure
          latency CLIENT [KEY=VALUE…]   one awaited send after the other

          CLIENT     moldau or confluent
          KEY=VALUE  bench.topic, bench.records, bench.bytes, bench.warmup (records), bench.threads; all others are Kafka's producer settings
        """);
    return 2;
}

var run = BenchRun.Parse(args);
return args[0] == "produce" ? await run.ProduceAsync() : await run.LatencyAsync();
