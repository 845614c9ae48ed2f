using Moldau.Protocol;

namespace Moldau.Coordination;

/// <summary>Hands out producer ids, each once in the life of the cluster. Thread safe.</summary>
public interface IProducerIdSource
{
    /// <summary>The next id of this node's block; a new block is asked of the controller when it is used up. With an error the client may try again.</summary>
    ValueTask<(ErrorCode Error, long ProducerId)> NextAsync();
}
