namespace Moldau.Configuration;

/// <summary>Why a change of configuration is refused: goes into the response as error code and message.</summary>
public sealed record ConfigFault(ConfigFaultKind Kind, string Message);
