namespace Moldau.Configuration;

/// <summary>Who the node is, and what every part of it needs.</summary>
public sealed partial class NodeConfiguration
{
    public int NodeId { get; private set; }

    /// <summary>process.roles contains broker.</summary>
    public bool IsBroker { get; private set; }

    /// <summary>process.roles contains controller.</summary>
    public bool IsController { get; private set; }

    /// <summary>broker.rack, or null.</summary>
    public string? Rack { get; private set; }

    /// <summary>log.dirs, or log.dir when that is not set.</summary>
    public IReadOnlyList<string> LogDirs { get; private set; } = [];

    /// <summary>metadata.log.dir, or the first of <see cref="LogDirs"/>.</summary>
    public string MetadataLogDir { get; private set; } = "";

    public bool AutoCreateTopics { get; private set; }

    public bool DeleteTopicEnable { get; private set; }

    public int NumPartitions { get; private set; }

    public int DefaultReplicationFactor { get; private set; }

    public int RequestTimeoutMs { get; private set; }

    public int BackgroundThreads { get; private set; }

    public bool UnstableApiVersions { get; private set; }

    public bool UnstableFeatureVersions { get; private set; }

    /// <summary>The largest that a client metrics push may be (KIP-714).</summary>
    public int TelemetryMaxBytes { get; private set; }

    /// <summary>log.json (ours): log lines as JSON objects.</summary>
    public bool LogAsJson { get; private set; }

    /// <summary>log.level (ours): trace, debug, info, warn or error.</summary>
    public string LogLevel { get; private set; } = "info";

    private void ReadGeneral()
    {
        NodeId = Int("node.id");
        IReadOnlyList<string> roles = List("process.roles");
        IsBroker = roles.Contains("broker");
        IsController = roles.Contains("controller");
        Rack = TextOrNull("broker.rack");
        IReadOnlyList<string> dirs = List("log.dirs");
        LogDirs = dirs.Count > 0 ? dirs : List("log.dir");
        MetadataLogDir = TextOrNull("metadata.log.dir") ?? (LogDirs.Count > 0 ? LogDirs[0] : "");
        AutoCreateTopics = Boolean("auto.create.topics.enable");
        DeleteTopicEnable = Boolean("delete.topic.enable");
        NumPartitions = Int("num.partitions");
        DefaultReplicationFactor = Int("default.replication.factor");
        RequestTimeoutMs = Int("request.timeout.ms");
        BackgroundThreads = Int("background.threads");
        UnstableApiVersions = Boolean("unstable.api.versions.enable");
        UnstableFeatureVersions = Boolean("unstable.feature.versions.enable");
        TelemetryMaxBytes = Int("telemetry.max.bytes");
        LogAsJson = Boolean("log.json");
        LogLevel = Text("log.level");
    }
}
