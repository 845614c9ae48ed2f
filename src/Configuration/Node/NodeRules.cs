namespace Moldau.Configuration;

/// <summary>
/// The rules between keys that Apache Kafka checks at start (and again when a dynamic change is validated). Throws <see cref="ConfigurationException"/> at the first that is broken.
/// </summary>
internal static class NodeRules
{
    private const string NonRoutable =
        "advertised.listeners cannot use the nonroutable meta-address 0.0.0.0. Use a routable IP address.";

    public static void Check(NodeConfiguration node, ICollection<string> warnings)
    {
        Require(node.NodeId == node.Int("broker.id"), "You must set `node.id` to the same value as `broker.id`.");
        CheckLog(node);
        CheckQuorum(node, warnings);
        CheckListeners(node);
        CheckSockets(node);
        CheckSecurity(node);
        GroupCoordinatorRules.Check(node);
    }

    private static void Require(bool condition, string message)
    {
        if (!condition)
        {
            throw new ConfigurationException(message);
        }
    }

    private static void CheckLog(NodeConfiguration node)
    {
        Require(node.LogRollMs >= 1, "log.roll.ms must be greater than or equal to 1");
        Require(node.LogRollJitterMs >= 0, "log.roll.jitter.ms must be greater than or equal to 0");
        Require(node.LogRetentionMs >= 1 || node.LogRetentionMs == -1, "log.retention.ms must be unlimited (-1) or, greater than or equal to 1");
        Require(node.LogDirs.Count > 0, "At least one log directory must be defined via log.dirs or log.dir.");
        Require(
            node.LogCleanerThreads == 0 || node.LogCleanerDedupeBufferBytes / node.LogCleanerThreads > 1024 * 1024,
            "log.cleaner.dedupe.buffer.size must be at least 1MB per cleaner thread.");
        Require(
            node.ReplicaFetchWaitMaxMs <= node.ReplicaSocketTimeoutMs,
            "replica.socket.timeout.ms should always be at least replica.fetch.wait.max.ms to prevent unnecessary socket timeouts");
        Require(
            node.ReplicaFetchWaitMaxMs <= node.ReplicaLagTimeMaxMs,
            "replica.fetch.wait.max.ms should always be less than or equal to replica.lag.time.max.ms to prevent frequent changes in ISR");
        if (TopicRules.CheckValues(node.TopicDefaults) is { } conflict)
        {
            throw new ConfigurationException(conflict);
        }
    }

    private static void CheckQuorum(NodeConfiguration node, ICollection<string> warnings)
    {
        string voters = string.Join(",", node.QuorumVoters.Select(v => v.Id));
        bool isVoter = node.QuorumVoters.Any(v => v.Id == node.NodeId);
        Require(node.IsBroker || node.IsController, "process.roles must hold broker, controller or both");
        Require(
            node.QuorumVoters.Count > 0 || node.QuorumBootstrapServers.Count > 0,
            "If using process.roles, either controller.quorum.bootstrap.servers must contain the set of bootstrap controllers or controller.quorum.voters must contain a parseable set of controllers.");
        Require(node.ControllerListenerNames.Count > 0, "controller.listener.names must contain at least one value when running KRaft");
        if (!node.IsController)
        {
            Require(!isVoter, $"If process.roles contains just the 'broker' role, the node id {node.NodeId} must not be included in the set of voters controller.quorum.voters={voters}");
            Require(
                node.ControllerListeners.Count == 0,
                "controller.listener.names must not contain a value appearing in the 'listeners' configuration when running KRaft with just the broker role");
            foreach (string name in node.ControllerListenerNames)
            {
                Require(
                    node.ListenerSecurityProtocols.ContainsKey(name),
                    $"Controller listener with name {name} defined in controller.listener.names not found in listener.security.protocol.map (an explicit security mapping for each "
                    + "controller listener is required if listener.security.protocol.map is non-empty, or if there are security protocols other than PLAINTEXT in use)");
            }

            if (node.ControllerListenerNames.Count > 1)
            {
                warnings.Add("controller.listener.names has multiple entries; only the first will be used since process.roles=broker");
            }

            return;
        }

        Require(
            node.IsBroker || node.ControllerListeners.Count == node.Listeners.Count,
            "The listeners config must only contain KRaft controller listeners from controller.listener.names when process.roles=controller");
        Require(
            node.QuorumVoters.Count == 0 || isVoter,
            $"If process.roles contains the 'controller' role, the node id {node.NodeId} must be included in the set of voters controller.quorum.voters={voters}");
        Require(
            node.AdvertisedControllerListeners.Count > 0,
            "controller.listener.names must contain at least one value appearing in the 'listeners' configuration when running the KRaft controller role");
        Require(
            node.ControllerListenerNames.All(name => node.Listeners.Any(l => l.Name == name)),
            "controller.listener.names must only contain values appearing in the 'listeners' configuration when running the KRaft controller role");
        Require(node.AdvertisedControllerListeners.All(l => l.Host != "0.0.0.0"), NonRoutable);
    }

    private static void CheckListeners(NodeConfiguration node)
    {
        if (!node.IsBroker)
        {
            return;
        }

        string advertised = string.Join(",", node.AdvertisedBrokerListeners.Select(l => l.Name));
        string listeners = string.Join(",", node.Listeners.Select(l => l.Name));
        Require(
            node.AdvertisedBrokerListeners.Count > 0,
            "There must be at least one broker advertised listener. Perhaps all listeners appear in controller.listener.names?");
        Require(
            node.AdvertisedBrokerListeners.Any(l => l.Name == node.InterBrokerListenerName),
            "inter.broker.listener.name must be a listener name defined in advertised.listeners. "
            + $"The valid options based on currently configured listeners are {advertised}");
        Require(
            node.AdvertisedBrokerListeners.All(l => node.Listeners.Any(other => other.Name == l.Name)),
            "advertised.listeners listener names must be equal to or a subset of the ones defined in listeners. "
            + $"Found {advertised}. The valid options based on the current configuration are {listeners}");
        Require(node.AdvertisedBrokerListeners.All(l => l.Host != "0.0.0.0"), NonRoutable);
        foreach (string name in node.List("early.start.listeners"))
        {
            Require(
                node.Listeners.Any(l => string.Equals(l.Name, name, StringComparison.OrdinalIgnoreCase)) || node.ControllerListenerNames.Contains(name.ToUpperInvariant()),
                $"early.start.listeners contains listener {name.ToUpperInvariant()}, but this is not contained in listeners or controller.listener.names");
        }
    }

    private static void CheckSockets(NodeConfiguration node)
    {
        Require(
            node.QueuedMaxRequestBytes <= 0 || node.QueuedMaxRequestBytes >= node.SocketRequestMaxBytes,
            "queued.max.request.bytes must be larger or equal to socket.request.max.bytes");
        Require(
            node.MaxConnectionsPerIp > 0 || node.MaxConnectionsPerIpOverrides.Count > 0,
            "max.connections.per.ip can be set to zero only if max.connections.per.ip.overrides property is set.");
        foreach (ListenerEndpoint listener in node.Listeners)
        {
            // Reading them throws when they are no numbers.
            node.ListenerInt(listener.Name, "max.connections");
            node.ListenerInt(listener.Name, "max.connection.creation.rate");
        }

        int delayMs = node.Int("connection.failed.authentication.delay.ms");
        Require(
            node.ConnectionsMaxIdleMs < 0 || delayMs < node.ConnectionsMaxIdleMs,
            $"connection.failed.authentication.delay.ms={delayMs} should always be less than connections.max.idle.ms={node.ConnectionsMaxIdleMs} "
            + "to prevent failed authentication responses from timing out");
        Require(
            node.List("group.coordinator.rebalance.protocols") is { Count: 0 } || node.List("group.coordinator.rebalance.protocols").Contains("classic"),
            "Disabling the 'classic' protocol is not supported.");
    }

    private static void CheckSecurity(NodeConfiguration node)
    {
        foreach (ListenerEndpoint listener in node.Listeners)
        {
            Require(
                listener.SecurityProtocol == SecurityProtocol.Plaintext,
                $"listener {listener.Name} is refused: its security protocol is {ProtocolName(listener.SecurityProtocol)}, and only PLAINTEXT is here yet; "
                + "opening it without security would break what the file promises");
        }
    }

    private static string ProtocolName(SecurityProtocol protocol) => protocol switch
    {
        SecurityProtocol.Ssl => "SSL",
        SecurityProtocol.SaslPlaintext => "SASL_PLAINTEXT",
        SecurityProtocol.SaslSsl => "SASL_SSL",
        _ => "PLAINTEXT",
    };
}
