using Moldau.Core;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>How the cluster knows this client.</summary>
public sealed partial class AdminClient
{
    private Uuid _clientInstanceId;

    /// <summary>The id by which client metrics subscriptions know this client (KIP-714). The cluster gives it once.</summary>
    /// <exception cref="KafkaException">The brokers take no client metrics: UNSUPPORTED_VERSION.</exception>
    public Task<Uuid> ClientInstanceIdAsync(CancellationToken cancellationToken = default) =>
        OnceAsync(
            "asking for the client instance id",
            async cancellation =>
            {
                GetTelemetrySubscriptionsResponse response = await AskAnyAsync<GetTelemetrySubscriptionsResponse>(
                    new GetTelemetrySubscriptionsRequest { ClientInstanceId = _clientInstanceId }, cancellation).ConfigureAwait(false);
                ThrowIf(response.ErrorCode, "asking for the client instance id", null);
                _clientInstanceId = response.ClientInstanceId;
                return _clientInstanceId;
            },
            cancellationToken);
}
