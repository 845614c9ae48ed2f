using Microsoft.Extensions.Logging.Abstractions;
using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Runtime;

namespace Moldau.Coordination.Tests;

/// <summary>
/// A coordinator's runtime without a broker: a log in memory, a clock that the test moves, workers that work inside <see cref="Run"/>. All of it happens on the test's thread, so a test
/// does the same each time.
/// </summary>
public sealed class RuntimeHarness<TShard> : IDisposable
    where TShard : class, ICoordinatorShard
{
    private readonly Func<CoordinatorShardContext, TShard> _createShard;
    private readonly CoordinatorRuntimeOptions _options;

    public RuntimeHarness(CoordinatorRuntimeOptions options, Func<CoordinatorShardContext, TShard> createShard, ManualTimeProvider? time = null)
    {
        _options = options;
        _createShard = createShard;
        Time = time ?? new ManualTimeProvider();
        Runtime = Create();
    }

    public ManualTimeProvider Time { get; }

    public ManualWorkers Workers { get; } = new();

    public MemoryCoordinatorLog Log { get; } = new();

    public CoordinatorRuntime<TShard> Runtime { get; private set; }

    /// <summary>The shard that was made last.</summary>
    public TShard Shard { get; private set; } = null!;

    public MetadataImage Image { get; private set; } = MetadataImage.Empty;

    public TopicPartition Partition => new(_options.Topic, 0);

    /// <summary>Loads a shard; by default the one of partition 0.</summary>
    public void Load(int epoch = 1, int partition = 0)
    {
        Runtime.ScheduleLoad(partition, epoch);
        Run();
    }

    public void Unload(int? epoch = null, int partition = 0)
    {
        Runtime.ScheduleUnload(partition, epoch);
        Run();
    }

    /// <summary>The node is killed and starts again over the same log: everything in memory is gone.</summary>
    public void Restart(int epoch = 2)
    {
        Unload();
        Runtime.Dispose();
        Run();
        Runtime = Create();
        Runtime.OnNewImage(Image, new MetadataDelta(MetadataImage.Empty));
        Load(epoch);
    }

    /// <summary>Everything that can happen without the clock happens.</summary>
    public void Run() => Workers.RunAll();

    /// <summary>Moves the clock in small steps, so that timers that are set on the way fire too.</summary>
    public void Advance(long byMs, int stepMs = 10)
    {
        Run();
        for (var left = byMs; left > 0; left -= stepMs)
        {
            Time.Advance(TimeSpan.FromMilliseconds(Math.Min(stepMs, left)));
            Run();
        }
    }

    /// <summary>Schedules a write in partition 0, lets it happen, and returns its answer.</summary>
    public T Write<T>(Func<TShard, CoordinatorResult<T>> operation) => Result(BeginWrite(operation));

    /// <summary>Schedules a write in partition 0 that may not be answered at once.</summary>
    public Task<T> BeginWrite<T>(Func<TShard, CoordinatorResult<T>> operation)
    {
        var write = Runtime.ScheduleWrite("test", 0, 5000, operation);
        Run();
        return write;
    }

    /// <summary>Reads committed state of partition 0.</summary>
    public T Read<T>(Func<TShard, long, T> operation)
    {
        var read = Runtime.ScheduleRead("test", 0, operation);
        Run();
        return Result(read);
    }

    /// <summary>Publishes metadata.</summary>
    public void Publish(MetadataImage image, MetadataDelta delta)
    {
        Image = image;
        Runtime.OnNewImage(image, delta);
        Run();
    }

    /// <summary>Publishes metadata with records more.</summary>
    public void Publish(params IMetadataRecord[] records)
    {
        var delta = new MetadataDelta(Image);
        foreach (var record in records)
        {
            delta.Replay(record);
        }

        Publish(delta.Apply(Image.Provenance), delta);
    }

    /// <summary>The result of something that must have happened by now; a refusal is thrown as it is.</summary>
    public static T Result<T>(Task<T> task)
    {
        task.IsCompleted.ShouldBeTrue("it has not been answered");
        return task.GetAwaiter().GetResult();
    }

    /// <summary>The protocol error with which something was refused.</summary>
    public static ErrorCode ErrorOf(Task task)
    {
        task.IsFaulted.ShouldBeTrue("it was not refused");
        return task.Exception!.InnerException.ShouldBeOfType<CoordinatorException>().Error;
    }

    /// <summary>The records of partition 0.</summary>
    public IReadOnlyList<CoordinatorRecord> Records() =>
        [.. Log.Records(Partition).Select(record => _options.Codec.Read(record.Key, record.Value is null ? default(ReadOnlyMemory<byte>?) : record.Value)!)];

    public void Dispose() => Runtime.Dispose();

    private CoordinatorRuntime<TShard> Create() => new(_options, context => Shard = _createShard(context), Log, Log, Workers, Time, NullLogger.Instance);
}
