using Moldau.Protocol;

namespace Moldau.Coordination.Tests;

internal sealed class CountingProducerIds : IProducerIdSource
{
    public long Given { get; private set; }

    public ErrorCode Error { get; set; }

    public ValueTask<(ErrorCode Error, long ProducerId)> NextAsync() => new((Error, Error == ErrorCode.None ? Given++ : -1));
}
