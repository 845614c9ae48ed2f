using Moldau.Protocol;

namespace Moldau.Coordination;

/// <summary>An operation on a shard was refused: the protocol error that its client gets, and for people why.</summary>
public sealed class CoordinatorException(ErrorCode error, string message) : Exception(message)
{
    public CoordinatorException(ErrorCode error)
        : this(error, $"{error}")
    {
    }

    public ErrorCode Error { get; } = error;
}
