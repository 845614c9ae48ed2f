using System.Collections.Immutable;

namespace Moldau.Metadata;

/// <summary>The registered brokers and controllers, by id in ascending order. Immutable.</summary>
public sealed class ClusterImage : IEquatable<ClusterImage>
{
    public static readonly ClusterImage Empty =
        new(ImmutableSortedDictionary<int, BrokerRegistration>.Empty, ImmutableSortedDictionary<int, ControllerRegistration>.Empty);

    internal ClusterImage(ImmutableSortedDictionary<int, BrokerRegistration> brokers, ImmutableSortedDictionary<int, ControllerRegistration> controllers)
    {
        Brokers = brokers;
        Controllers = controllers;
    }

    public ImmutableSortedDictionary<int, BrokerRegistration> Brokers { get; }

    public ImmutableSortedDictionary<int, ControllerRegistration> Controllers { get; }

    public BrokerRegistration? Broker(int id) => Brokers.GetValueOrDefault(id);

    /// <summary>True for a registered broker that is not fenced.</summary>
    public bool IsAlive(int id) => Broker(id) is { Fenced: false };

    /// <summary>True for a broker that may enter an ISR or lead: not fenced, and not about to go.</summary>
    public bool IsActive(int id) => Broker(id) is { Fenced: false, InControlledShutdown: false };

    public void WriteTo(IMetadataRecordWriter writer, MetadataVersion version)
    {
        foreach (BrokerRegistration broker in Brokers.Values)
        {
            writer.Write(broker.ToRecord(version));
        }

        if (!version.IsControllerRegistrationSupported)
        {
            return;
        }

        foreach (ControllerRegistration controller in Controllers.Values)
        {
            writer.Write(controller.ToRecord());
        }
    }

    public bool Equals(ClusterImage? other) =>
        other is not null && Structural.Equal(Brokers, other.Brokers) && Structural.Equal(Controllers, other.Controllers);

    public override bool Equals(object? obj) => Equals(obj as ClusterImage);

    public override int GetHashCode() => HashCode.Combine(Brokers.Count, Controllers.Count);
}
