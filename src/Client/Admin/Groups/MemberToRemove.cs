namespace Moldau.Client;

/// <summary>A member to put out of a group: by its instance id when it is static, else by its member id. Immutable.</summary>
public sealed record MemberToRemove
{
    private MemberToRemove(string memberId, string? groupInstanceId) => (MemberId, GroupInstanceId) = (memberId, groupInstanceId);

    /// <summary>The member's id; empty for a static member.</summary>
    public string MemberId { get; }

    /// <summary>The static member's name; null for others.</summary>
    public string? GroupInstanceId { get; }

    /// <summary>A static member (KIP-345).</summary>
    /// <param name="groupInstanceId">Its <c>group.instance.id</c>.</param>
    public static MemberToRemove Static(string groupInstanceId) => new("", groupInstanceId);

    /// <summary>A member without a name of its own.</summary>
    /// <param name="memberId">The id that the coordinator gave it; <see cref="MemberDescription.MemberId"/> tells it.</param>
    public static MemberToRemove Dynamic(string memberId) => new(memberId, null);

    /// <summary>The name or the id, for messages.</summary>
    public override string ToString() => GroupInstanceId ?? MemberId;
}
