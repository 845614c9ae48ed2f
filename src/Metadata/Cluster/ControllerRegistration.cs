using System.Collections.Immutable;
using Moldau.Core;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Metadata;

/// <summary>A controller as it last registered (KIP-919). Immutable.</summary>
public sealed record ControllerRegistration
{
    public required int Id { get; init; }

    public required Uuid IncarnationId { get; init; }

    public bool ZkMigrationReady { get; init; }

    public ImmutableArray<NodeEndpoint> Listeners { get; init; } = [];

    public ImmutableSortedDictionary<string, VersionRange> Features { get; init; } =
        ImmutableSortedDictionary.Create<string, VersionRange>(StringComparer.Ordinal);

    public static ControllerRegistration FromRecord(RegisterControllerRecord record)
    {
        var listeners = ImmutableArray.CreateBuilder<NodeEndpoint>(record.EndPoints.Count);
        foreach (RegisterControllerRecord.ControllerEndpoint endPoint in record.EndPoints)
        {
            listeners.Add(new(endPoint.Name, endPoint.Host, endPoint.Port, endPoint.SecurityProtocol));
        }

        var features = ImmutableSortedDictionary.CreateBuilder<string, VersionRange>(StringComparer.Ordinal);
        foreach (RegisterControllerRecord.ControllerFeature feature in record.Features)
        {
            features[feature.Name] = new(feature.MinSupportedVersion, feature.MaxSupportedVersion);
        }

        return new ControllerRegistration
        {
            Id = record.ControllerId,
            IncarnationId = record.IncarnationId,
            ZkMigrationReady = record.ZkMigrationReady,
            Listeners = listeners.DrainToImmutable(),
            Features = features.ToImmutable(),
        };
    }

    public MetadataRecord ToRecord()
    {
        var record = new RegisterControllerRecord { ControllerId = Id, IncarnationId = IncarnationId, ZkMigrationReady = ZkMigrationReady };
        foreach (NodeEndpoint listener in Listeners)
        {
            record.EndPoints.Add(new() { Name = listener.Name, Host = listener.Host, Port = listener.Port, SecurityProtocol = listener.SecurityProtocol });
        }

        foreach ((string name, VersionRange range) in Features)
        {
            record.Features.Add(new() { Name = name, MinSupportedVersion = range.Min, MaxSupportedVersion = range.Max });
        }

        return new(record, MetadataVersion.RegisterControllerRecordVersion);
    }

    public bool Equals(ControllerRegistration? other) =>
        other is not null
        && Id == other.Id
        && IncarnationId == other.IncarnationId
        && ZkMigrationReady == other.ZkMigrationReady
        && Structural.Equal(Listeners, other.Listeners)
        && Structural.Equal(Features, other.Features);

    public override int GetHashCode() => HashCode.Combine(Id, IncarnationId);
}
