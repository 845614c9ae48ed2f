using System.Globalization;

namespace Moldau.Cli;

/// <summary>Replicas by partition as kafka-topics writes them: <c>1:2,2:3</c> is brokers 1 and 2 for partition 0, 2 and 3 for partition 1. Pure.</summary>
internal static class ReplicaAssignment
{
    public static IReadOnlyList<IReadOnlyList<int>> Parse(string text)
    {
        var partitions = new List<IReadOnlyList<int>>();
        foreach (string partition in text.Split(','))
        {
            var brokers = new List<int>();
            foreach (string broker in partition.Split(':', StringSplitOptions.TrimEntries))
            {
                if (!int.TryParse(broker, NumberStyles.None, CultureInfo.InvariantCulture, out int id))
                {
                    throw CliException.Usage($"--replica-assignment {text}: '{broker}' is no broker id; it must be like 1:2,2:3 - brokers of partition 0, of partition 1");
                }

                if (brokers.Contains(id))
                {
                    throw CliException.Usage($"--replica-assignment {text}: broker {id} twice for partition {partitions.Count}");
                }

                brokers.Add(id);
            }

            partitions.Add(brokers);
        }

        return partitions.TrueForAll(partition => partition.Count == partitions[0].Count)
            ? partitions
            : throw CliException.Usage($"--replica-assignment {text}: all partitions must have the same number of replicas");
    }
}
