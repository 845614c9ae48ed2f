using System.Collections.Immutable;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Metadata;

/// <summary>Which brokers and controllers registered, changed or went.</summary>
public sealed class ClusterDelta(ClusterImage image)
{
    private readonly SortedDictionary<int, BrokerRegistration?> _brokers = [];
    private readonly SortedDictionary<int, ControllerRegistration?> _controllers = [];

    /// <summary>The image before.</summary>
    public ClusterImage Image { get; } = image;

    /// <summary>New registrations by id; null for a broker that went.</summary>
    public IReadOnlyDictionary<int, BrokerRegistration?> ChangedBrokers => _brokers;

    /// <summary>New registrations by id; null for a controller that went.</summary>
    public IReadOnlyDictionary<int, ControllerRegistration?> ChangedControllers => _controllers;

    internal void Replay(RegisterBrokerRecord record) => _brokers[record.BrokerId] = BrokerRegistration.FromRecord(record);

    internal void Replay(UnregisterBrokerRecord record)
    {
        _ = Registered(record.BrokerId, record.BrokerEpoch, "unregister");
        _brokers[record.BrokerId] = null;
    }

    internal void Replay(RegisterControllerRecord record) => _controllers[record.ControllerId] = ControllerRegistration.FromRecord(record);

    internal void Replay(UnregisterControllerRecord record) => _controllers[record.ControllerId] = null;

    internal void Replay(FenceBrokerRecord record) => _brokers[record.Id] = Registered(record.Id, record.Epoch, "fence") with { Fenced = true };

    internal void Replay(UnfenceBrokerRecord record) => _brokers[record.Id] = Registered(record.Id, record.Epoch, "unfence") with { Fenced = false };

    internal void Replay(BrokerRegistrationChangeRecord record)
    {
        BrokerRegistration broker = Registered(record.BrokerId, record.BrokerEpoch, "change");
        bool fenced = record.Fenced switch
        {
            1 => true,
            0 => broker.Fenced,
            -1 => false,
            _ => throw new MetadataException($"a change of broker {broker.Id} has {record.Fenced} in field Fenced: -1, 0 or 1 is expected"),
        };
        bool inControlledShutdown = record.InControlledShutdown switch
        {
            1 => true,
            0 => broker.InControlledShutdown,
            _ => throw new MetadataException(
                $"a change of broker {broker.Id} has {record.InControlledShutdown} in field InControlledShutdown: 0 or 1 is expected"),
        };
        _brokers[broker.Id] = broker with
        {
            Fenced = fenced,
            InControlledShutdown = inControlledShutdown,
            Directories = record.LogDirs is { Count: > 0 } directories ? BrokerRegistration.Sorted(directories) : broker.Directories,
            CordonedDirectories = record.CordonedLogDirs is { } cordoned ? BrokerRegistration.Sorted(cordoned) : broker.CordonedDirectories,
        };
    }

    internal void FinishSnapshot()
    {
        foreach (int id in Image.Brokers.Keys)
        {
            _brokers.TryAdd(id, null);
        }

        foreach (int id in Image.Controllers.Keys)
        {
            _controllers.TryAdd(id, null);
        }
    }

    internal ClusterImage Apply()
    {
        ImmutableSortedDictionary<int, BrokerRegistration> brokers = Image.Brokers;
        foreach ((int id, BrokerRegistration? broker) in _brokers)
        {
            brokers = broker is null ? brokers.Remove(id) : brokers.SetItem(id, broker);
        }

        ImmutableSortedDictionary<int, ControllerRegistration> controllers = Image.Controllers;
        foreach ((int id, ControllerRegistration? controller) in _controllers)
        {
            controllers = controller is null ? controllers.Remove(id) : controllers.SetItem(id, controller);
        }

        return new ClusterImage(brokers, controllers);
    }

    private BrokerRegistration Registered(int id, long epoch, string action)
    {
        BrokerRegistration? broker = _brokers.TryGetValue(id, out BrokerRegistration? changed) ? changed : Image.Broker(id);
        if (broker is null)
        {
            throw new MetadataException($"cannot {action} broker {id}: it is not registered");
        }

        if (broker.Epoch != epoch)
        {
            throw new MetadataException($"cannot {action} broker {id}: its epoch is {broker.Epoch}, not {epoch}");
        }

        return broker;
    }
}
