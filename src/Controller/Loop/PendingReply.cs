namespace Moldau.Controller;

/// <summary>An answer that waits until an offset is committed; false when that will not happen under this leader.</summary>
internal sealed record PendingReply(long Offset, Action<bool> Complete);
