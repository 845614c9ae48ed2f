namespace Moldau.Cli;

/// <summary>librdkafka's names of configuration keys (kcat's -X) in Kafka's, where they differ. Pure.</summary>
internal static class LibrdkafkaNames
{
    private static readonly Dictionary<string, string> Renamed = new(StringComparer.Ordinal)
    {
        ["metadata.broker.list"] = "bootstrap.servers",
        ["compression.codec"] = "compression.type",
        ["queue.buffering.max.ms"] = "linger.ms",
        ["request.required.acks"] = "acks",
        ["message.max.bytes"] = "max.request.size",
        ["message.timeout.ms"] = "delivery.timeout.ms",
        ["message.send.max.retries"] = "retries",
        ["max.in.flight"] = "max.in.flight.requests.per.connection",
        ["sasl.mechanisms"] = "sasl.mechanism",
        ["fetch.wait.max.ms"] = "fetch.max.wait.ms",
        ["fetch.message.max.bytes"] = "max.partition.fetch.bytes",
        ["topic.metadata.refresh.interval.ms"] = "metadata.max.age.ms",
        ["socket.timeout.ms"] = "request.timeout.ms",
    };

    /// <summary>What is about librdkafka's own workings, and means nothing here.</summary>
    private static readonly string[] Ignored =
    [
        "enable.partition.eof", "api.version.request", "broker.version.fallback", "socket.keepalive.enable", "log_level", "debug", "statistics.interval.ms", "log.connection.close", "builtin.features",
        "broker.address.family", "queued.min.messages", "queued.max.messages.kbytes", "batch.num.messages", "queue.buffering.max.messages", "queue.buffering.max.kbytes", "enable.auto.offset.store",
    ];

    /// <summary>The same keys as Kafka's clients name them.</summary>
    /// <exception cref="CliException">A certificate's key without the certificate, or a name without a password.</exception>
    public static Dictionary<string, string> ToKafka(IEnumerable<KeyValuePair<string, string>> properties)
    {
        var kafka = new Dictionary<string, string>(StringComparer.Ordinal);
        (string? user, string? password) = (null, null);
        foreach ((string given, string value) in properties)
        {
            string key = given.StartsWith("topic.", StringComparison.Ordinal) && !given.StartsWith("topic.metadata", StringComparison.Ordinal) ? given["topic.".Length..] : given;
            switch (key)
            {
                case "sasl.username":
                    user = value;
                    break;
                case "sasl.password":
                    password = value;
                    break;
                case "security.protocol":
                    kafka[key] = value.ToUpperInvariant();
                    break;
                case "ssl.ca.location":
                    kafka["ssl.truststore.location"] = value;
                    kafka["ssl.truststore.type"] = "PEM";
                    break;
                case "enable.ssl.certificate.verification":
                    throw CliException.Usage("-X enable.ssl.certificate.verification: a certificate that is not verified protects nothing", "name the authority: -X ssl.ca.location=FILE");
                case "auto.offset.reset":
                    kafka[key] = value switch { "smallest" or "beginning" => "earliest", "largest" or "end" => "latest", _ => value };
                    break;
                default:
                    if (!Ignored.Contains(key, StringComparer.Ordinal))
                    {
                        kafka[Renamed.GetValueOrDefault(key, key)] = value;
                    }

                    break;
            }
        }

        if (user is not null || password is not null)
        {
            kafka["sasl.jaas.config"] = Jaas(kafka.GetValueOrDefault("sasl.mechanism", ""), user ?? "", password ?? "");
        }

        return kafka;
    }

    private static string Jaas(string mechanism, string user, string password)
    {
        string module = mechanism.StartsWith("SCRAM", StringComparison.Ordinal) ? "org.apache.kafka.common.security.scram.ScramLoginModule" : "org.apache.kafka.common.security.plain.PlainLoginModule";
        return $"{module} required username=\"{Quoted(user)}\" password=\"{Quoted(password)}\";";
    }

    private static string Quoted(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}
