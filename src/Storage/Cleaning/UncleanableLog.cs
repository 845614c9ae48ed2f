using Moldau.Core;

namespace Moldau.Storage;

/// <summary>A log that the cleaner gave up: it stays as it is until the node starts again or the partition goes. Its bytes are <c>uncleanable-bytes</c>.</summary>
public sealed record UncleanableLog(string LogDirectory, TopicPartition Partition, string Reason, long SizeInBytes);
