using System.Collections.Immutable;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Metadata;

/// <summary>A delegation token without its secret, which each node computes (KIP-48, KIP-900). Times are milliseconds since the epoch. Immutable.</summary>
public sealed record DelegationToken
{
    public required string TokenId { get; init; }

    /// <summary>The principal the token stands for, as <c>User:name</c>.</summary>
    public required string Owner { get; init; }

    public required string Requester { get; init; }

    public ImmutableArray<string> Renewers { get; init; } = [];

    public long IssueTimestampMs { get; init; }

    public long MaxTimestampMs { get; init; }

    public long ExpirationTimestampMs { get; init; }

    public static DelegationToken FromRecord(DelegationTokenRecord record) => new()
    {
        TokenId = record.TokenId,
        Owner = record.Owner,
        Requester = record.Requester,
        Renewers = [.. record.Renewers],
        IssueTimestampMs = record.IssueTimestamp,
        MaxTimestampMs = record.MaxTimestamp,
        ExpirationTimestampMs = record.ExpirationTimestamp,
    };

    public MetadataRecord ToRecord() => new(
        new DelegationTokenRecord
        {
            TokenId = TokenId,
            Owner = Owner,
            Requester = Requester,
            Renewers = [.. Renewers],
            IssueTimestamp = IssueTimestampMs,
            MaxTimestamp = MaxTimestampMs,
            ExpirationTimestamp = ExpirationTimestampMs,
        },
        0);

    public bool Equals(DelegationToken? other) =>
        other is not null
        && TokenId == other.TokenId
        && Owner == other.Owner
        && Requester == other.Requester
        && IssueTimestampMs == other.IssueTimestampMs
        && MaxTimestampMs == other.MaxTimestampMs
        && ExpirationTimestampMs == other.ExpirationTimestampMs
        && Structural.Equal(Renewers, other.Renewers);

    public override int GetHashCode() => TokenId.GetHashCode(StringComparison.Ordinal);
}
