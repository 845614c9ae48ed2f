using Moldau.Protocol;

namespace Moldau.Client;

/// <summary>A request that was sent and waits for its response.</summary>
/// <param name="Api">Its API.</param>
/// <param name="Version">The version that it was sent in.</param>
/// <param name="CorrelationId">What its response begins with.</param>
/// <param name="Deadline">As a timestamp of the client's clock.</param>
/// <param name="Receiver">Who gets the response; null for a request that has none.</param>
internal readonly record struct PendingRequest(ApiInfo Api, short Version, int CorrelationId, long Deadline, IResponseReceiver? Receiver);
