namespace Moldau.Client;

/// <summary>A member to put out of a group: by its instance id when it is static, else by its member id. Immutable.</summary>
public sealed record MemberToRemove
{
    private MemberToRemove(string memberId, string? groupInstanceId) => (MemberId, GroupInstanceId) = (memberId, groupInstanceId);

    /// <summary>The member's id; empty for a static member.</summary>
    public string MemberId { get; }

    /// <summary>The static member's name; null for others.</summary>
    public string? GroupInstanceId { get; }

    public static MemberToRemove Static(string groupInstanceId) => new("", groupInstanceId);

    public static MemberToRemove Dynamic(string memberId) => new(memberId, null);

    public override string ToString() => GroupInstanceId ?? MemberId;
}
