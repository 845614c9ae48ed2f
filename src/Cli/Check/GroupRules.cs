namespace Moldau.Cli;

/// <summary>Consumers that fall behind, and transactions that hold them up.</summary>
internal static class GroupRules
{
    public static IEnumerable<Finding> Apply(ClusterFacts cluster, CheckLimits limits)
    {
        foreach (GroupFacts group in cluster.Groups)
        {
            if (group.Lag > limits.MaxLag)
            {
                string where = group.MostLagging is { } partition ? $", most of them on {partition}" : "";
                yield return new Finding(Severity.Warning, "lagging-group", $"group {group.Id}",
                    $"{Units.Count(group.Lag)} records behind{where}{(group.Members == 0 ? "; it has no members" : "")}",
                    $"moldau groups describe --group {group.Id}");
            }
        }

        foreach (HangingTransactionFacts hanging in cluster.Hanging)
        {
            yield return new Finding(Severity.Error, "hanging-transaction", $"{hanging.Topic}-{hanging.Partition}",
                $"a transaction of producer {hanging.ProducerId} is open for {Units.Milliseconds(hanging.AgeMs)}: read_committed consumers stand still at offset {hanging.StartOffset}",
                $"moldau transactions abort --topic {hanging.Topic} --partition {hanging.Partition} --start-offset {hanging.StartOffset}");
        }
    }
}
