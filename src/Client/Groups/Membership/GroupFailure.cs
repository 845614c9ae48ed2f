using Moldau.Protocol;

namespace Moldau.Client;

/// <summary>Why a member cannot stay in its group, whatever it does. Immutable.</summary>
internal sealed record GroupFailure(ErrorCode Code, string Message);
