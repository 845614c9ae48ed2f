using Moldau.Protocol;

namespace Moldau.Coordination;

/// <summary>A piece of a coordinator's log.</summary>
/// <param name="Error">None, or why it could not be read.</param>
/// <param name="Batches">Whole batches; the first may begin before the offset asked for.</param>
/// <param name="LogEndOffset">Where the log ends now.</param>
/// <param name="HighWatermark">Up to where it is committed now.</param>
public readonly record struct CoordinatorLogSlice(ErrorCode Error, ReadOnlyMemory<byte> Batches, long LogEndOffset, long HighWatermark);
