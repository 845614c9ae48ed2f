using Moldau.Metadata;

namespace Moldau.Controller;

/// <summary>
/// What a manager decides: the records that make it so, and the answer once they are committed. Nothing has happened yet.
/// </summary>
/// <param name="Records">In order; empty when nothing changes.</param>
/// <param name="Response">The answer.</param>
/// <param name="IsAtomic">True when the records must not be split over batches.</param>
public readonly record struct ControllerResult<T>(IReadOnlyList<MetadataRecord> Records, T Response, bool IsAtomic = false)
{
    public static ControllerResult<T> Answer(T response) => new([], response);

    public static ControllerResult<T> Atomic(IReadOnlyList<MetadataRecord> records, T response) => new(records, response, true);
}
