namespace Moldau.Configuration;

/// <summary>What a node is when no configuration file is given: a cluster of one on loopback that takes any topic (D3).</summary>
public static class NodeDefaults
{
    private const string ControllerListener = "CONTROLLER://127.0.0.1";

    /// <summary>Adds what the operator left open. Only for a start without a file: a file is read as it is.</summary>
    public static Dictionary<string, string> Under(IReadOnlyDictionary<string, string> given)
    {
        var properties = new Dictionary<string, string>(given, StringComparer.Ordinal);
        properties.TryAdd("process.roles", "broker,controller");
        if (!given.ContainsKey("broker.id"))
        {
            properties.TryAdd("node.id", "1");
        }

        if (!given.ContainsKey("log.dir"))
        {
            properties.TryAdd("log.dirs", "./moldau-data");
        }

        AddListeners(given, properties);
        foreach (string internalTopic in (ReadOnlySpan<string>)["offsets.topic", "transaction.state.log", "share.coordinator.state.topic"])
        {
            properties.TryAdd(internalTopic + ".replication.factor", "1");
        }

        properties.TryAdd("transaction.state.log.min.isr", "1");
        properties.TryAdd("share.coordinator.state.topic.min.isr", "1");
        return properties;
    }

    /// <summary>
    /// Clients on 9092 and the controller on 9093. Where the operator moves the clients' listener and says nothing of a controller's, that one takes a free port, so that
    /// several nodes fit on one machine.
    /// </summary>
    private static void AddListeners(IReadOnlyDictionary<string, string> given, Dictionary<string, string> properties)
    {
        string roles = properties["process.roles"];
        bool controller = roles.Contains("controller", StringComparison.Ordinal);
        int controllerPort = 9093;
        if (given.TryGetValue("listeners", out string? listeners))
        {
            if (controller && !given.ContainsKey("controller.listener.names") && !listeners.Contains("CONTROLLER://", StringComparison.OrdinalIgnoreCase))
            {
                controllerPort = 0;
                properties["listeners"] = $"{listeners},{ControllerListener}:0";
            }
        }
        else
        {
            properties["listeners"] = roles switch
            {
                "broker" => "PLAINTEXT://127.0.0.1:9092",
                "controller" => $"{ControllerListener}:9093",
                _ => $"PLAINTEXT://127.0.0.1:9092,{ControllerListener}:9093",
            };
        }

        properties.TryAdd("controller.listener.names", "CONTROLLER");
        if (controller && !given.ContainsKey("controller.quorum.voters") && !given.ContainsKey("controller.quorum.bootstrap.servers"))
        {
            properties["controller.quorum.bootstrap.servers"] = Bootstrap(properties, controllerPort);
        }
    }

    /// <summary>The node's own controller listener: it is the whole quorum.</summary>
    private static string Bootstrap(Dictionary<string, string> properties, int controllerPort)
    {
        string name = properties["controller.listener.names"].Split(',')[0] + "://";
        foreach (string listener in properties["listeners"].Split(','))
        {
            if (listener.Trim().StartsWith(name, StringComparison.OrdinalIgnoreCase) && HostPort.TryParse(listener.Trim(), out HostPort? address))
            {
                return address.ToString();
            }
        }

        return $"127.0.0.1:{controllerPort}";
    }
}
