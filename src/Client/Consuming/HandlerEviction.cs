namespace Moldau.Client;

/// <summary>When a consumer leaves its group because the application is busy for longer than `max.poll.interval.ms`. Heartbeats do not depend on it.</summary>
public enum HandlerEviction
{
    /// <summary>
    /// When nothing moved for that long: no record was taken out of a batch, none was asked for, and nobody called <c>ReportProgress</c>. A handler that works
    /// through a large batch stays, however long the batch takes.
    /// </summary>
    WithoutProgress,

    /// <summary>Kafka's rule: when the application did not ask for more records for that long.</summary>
    ByPollInterval,

    /// <summary>Never; a handler that hangs keeps its partitions until the process ends.</summary>
    Never,
}
