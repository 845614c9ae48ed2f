using System.Collections.Immutable;
using Moldau.Core;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Metadata;

/// <summary>A broker as it last registered, with what heartbeats have changed since (KIP-631). Immutable.</summary>
public sealed record BrokerRegistration
{
    public required int Id { get; init; }

    /// <summary>The offset of the registration record: each registration has its own.</summary>
    public required long Epoch { get; init; }

    public required Uuid IncarnationId { get; init; }

    public ImmutableArray<NodeEndpoint> Listeners { get; init; } = [];

    public ImmutableSortedDictionary<string, VersionRange> Features { get; init; } =
        ImmutableSortedDictionary.Create<string, VersionRange>(StringComparer.Ordinal);

    public string? Rack { get; init; }

    /// <summary>A fenced broker leads nothing, is in no ISR, and is not shown to clients.</summary>
    public bool Fenced { get; init; }

    public bool InControlledShutdown { get; init; }

    public bool IsMigratingZkBroker { get; init; }

    /// <summary>The log directories that are online, sorted; empty before KIP-858.</summary>
    public ImmutableArray<Uuid> Directories { get; init; } = [];

    /// <summary>Directories that take no new replicas (metadata.version 4.3-IV0); null before the broker told.</summary>
    public ImmutableArray<Uuid>? CordonedDirectories { get; init; }

    public static BrokerRegistration FromRecord(RegisterBrokerRecord record)
    {
        var listeners = ImmutableArray.CreateBuilder<NodeEndpoint>(record.EndPoints.Count);
        foreach (RegisterBrokerRecord.BrokerEndpoint endPoint in record.EndPoints)
        {
            listeners.Add(new(endPoint.Name, endPoint.Host, endPoint.Port, endPoint.SecurityProtocol));
        }

        listeners.Sort(static (left, right) => string.CompareOrdinal(left.Name, right.Name));
        var features = ImmutableSortedDictionary.CreateBuilder<string, VersionRange>(StringComparer.Ordinal);
        foreach (RegisterBrokerRecord.BrokerFeature feature in record.Features)
        {
            features[feature.Name] = new(feature.MinSupportedVersion, feature.MaxSupportedVersion);
        }

        return new BrokerRegistration
        {
            Id = record.BrokerId,
            Epoch = record.BrokerEpoch,
            IncarnationId = record.IncarnationId,
            Listeners = listeners.DrainToImmutable(),
            Features = features.ToImmutable(),
            Rack = record.Rack,
            Fenced = record.Fenced,
            InControlledShutdown = record.InControlledShutdown,
            IsMigratingZkBroker = record.IsMigratingZkBroker,
            Directories = Sorted(record.LogDirs),
            CordonedDirectories = record.CordonedLogDirs is null ? null : Sorted(record.CordonedLogDirs),
        };
    }

    public NodeEndpoint? Listener(string name)
    {
        foreach (NodeEndpoint listener in Listeners)
        {
            if (listener.Name == name)
            {
                return listener;
            }
        }

        return null;
    }

    /// <summary>True when a replica in that directory can serve: before the broker told its directories, any can.</summary>
    public bool HasOnlineDirectory(Uuid directory) =>
        Directories.Length == 0 || directory == DirectoryId.Unassigned || directory == DirectoryId.Migrating || Directories.Contains(directory);

    public MetadataRecord ToRecord(MetadataVersion version)
    {
        var record = new RegisterBrokerRecord
        {
            BrokerId = Id,
            BrokerEpoch = Epoch,
            IncarnationId = IncarnationId,
            Rack = Rack,
            Fenced = Fenced,
            InControlledShutdown = InControlledShutdown,
            IsMigratingZkBroker = IsMigratingZkBroker && version.IsMigrationSupported,
        };
        if (version.IsDirectoryAssignmentSupported)
        {
            record.LogDirs = [.. Directories];
        }

        if (version.IsCordonedLogDirsSupported)
        {
            record.CordonedLogDirs = CordonedDirectories is { } cordoned ? [.. cordoned] : null;
        }

        foreach (NodeEndpoint listener in Listeners)
        {
            record.EndPoints.Add(new() { Name = listener.Name, Host = listener.Host, Port = listener.Port, SecurityProtocol = listener.SecurityProtocol });
        }

        foreach ((string name, VersionRange range) in Features)
        {
            record.Features.Add(new() { Name = name, MinSupportedVersion = range.Min, MaxSupportedVersion = range.Max });
        }

        return new(record, version.RegisterBrokerRecordVersion);
    }

    public bool Equals(BrokerRegistration? other) =>
        other is not null
        && Id == other.Id
        && Epoch == other.Epoch
        && IncarnationId == other.IncarnationId
        && Rack == other.Rack
        && Fenced == other.Fenced
        && InControlledShutdown == other.InControlledShutdown
        && IsMigratingZkBroker == other.IsMigratingZkBroker
        && Structural.Equal(Listeners, other.Listeners)
        && Structural.Equal(Features, other.Features)
        && Structural.Equal(Directories, other.Directories)
        && CordonedDirectories.HasValue == other.CordonedDirectories.HasValue
        && Structural.Equal(CordonedDirectories ?? [], other.CordonedDirectories ?? []);

    public override int GetHashCode() => HashCode.Combine(Id, Epoch, IncarnationId, Fenced);

    internal static ImmutableArray<Uuid> Sorted(List<Uuid> ids)
    {
        var sorted = ids.ToArray();
        Array.Sort(sorted);
        return [.. sorted];
    }
}
