using Moldau.Core;
using Moldau.Metadata;

namespace Moldau.Broker.Producing;

/// <summary>One topic of a produce request: its name up to version 12, its id from 13 on, and which of the operation's partitions are its own.</summary>
internal readonly record struct ProduceTopic(string Name, Uuid Id, TopicImage? Known, int FirstPartition, int PartitionCount);
