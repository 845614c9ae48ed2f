using Moldau.Protocol;

namespace Moldau.Coordination;

/// <summary>How an append went.</summary>
/// <param name="Error">None, or why nothing was appended.</param>
/// <param name="NextOffset">The offset after the last record appended.</param>
/// <param name="Message">For people, with an error.</param>
public readonly record struct CoordinatorAppend(ErrorCode Error, long NextOffset, string? Message = null);
