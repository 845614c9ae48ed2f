using Moldau.Core;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Metadata;

/// <summary>One ACL (KIP-11, KIP-290): its fields keep Kafka's numbers, so that levels newer than this program survive.</summary>
public sealed record AccessControlEntry(
    sbyte ResourceType, string ResourceName, sbyte PatternType, string Principal, string Host, sbyte Operation, sbyte PermissionType)
{
    public static AccessControlEntry FromRecord(AccessControlEntryRecord record) =>
        new(record.ResourceType, record.ResourceName, record.PatternType, record.Principal, record.Host, record.Operation, record.PermissionType);

    public MetadataRecord ToRecord(Uuid id) => new(
        new AccessControlEntryRecord
        {
            Id = id,
            ResourceType = ResourceType,
            ResourceName = ResourceName,
            PatternType = PatternType,
            Principal = Principal,
            Host = Host,
            Operation = Operation,
            PermissionType = PermissionType,
        },
        0);
}
