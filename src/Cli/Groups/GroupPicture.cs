using Moldau.Client;

namespace Moldau.Cli;

/// <summary>A group of any type, in one form.</summary>
internal sealed record GroupPicture(string GroupId, GroupType Type, GroupState State, string Assignor, int? Epoch, Node Coordinator, IReadOnlyList<MemberDescription> Members);
