using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>Who coordinates a group or a transactional id.</summary>
internal sealed partial class ClusterClient
{
    /// <summary>From this version on the request has a list of keys (KIP-699).</summary>
    private const short FindManyVersion = 4;

    private readonly Dictionary<(CoordinatorType Type, string Key), int> _coordinators = [];

    /// <summary>The broker that coordinates the key, from what is known or by asking.</summary>
    /// <exception cref="KafkaException">It is not to be had now (retriable), or this client may not ask: GROUP_AUTHORIZATION_FAILED, TRANSACTIONAL_ID_AUTHORIZATION_FAILED.</exception>
    public async ValueTask<int> CoordinatorAsync(CoordinatorType type, string key, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_coordinators.TryGetValue((type, key), out int known))
            {
                return known;
            }
        }

        BrokerConnection connection = await AnyAsync(cancellationToken).ConfigureAwait(false);
        short version = connection.Versions.Version(ApiKey.FindCoordinator);
        FindCoordinatorResponse response = await connection.CallAsync<FindCoordinatorResponse>(
            version >= FindManyVersion
                ? new FindCoordinatorRequest { KeyType = (sbyte)type, CoordinatorKeys = [key] }
                : new FindCoordinatorRequest { KeyType = (sbyte)type, Key = key },
            version,
            Options.RequestTimeout,
            cancellationToken).ConfigureAwait(false);
        FindCoordinatorResponse.Coordinator found = version >= FindManyVersion
            ? response.Coordinators[0]
            : new FindCoordinatorResponse.Coordinator { ErrorCode = response.ErrorCode, ErrorMessage = response.ErrorMessage, NodeId = response.NodeId, Host = response.Host, Port = response.Port };
        if (found.ErrorCode != ErrorCode.None)
        {
            throw KafkaException.Of(found.ErrorCode, $"finding the coordinator of {type.ToString().ToLowerInvariant()} {key}", found.ErrorMessage);
        }

        if (!View.Brokers.ContainsKey(found.NodeId))
        {
            await RefreshAsync(cancellationToken).ConfigureAwait(false);
        }

        lock (_gate)
        {
            _coordinators[(type, key)] = found.NodeId;
        }

        return found.NodeId;
    }

    /// <summary>Forgets who coordinates the key: it answered that it is not it, or is lost.</summary>
    public void ForgetCoordinator(CoordinatorType type, string key)
    {
        lock (_gate)
        {
            _coordinators.Remove((type, key));
        }
    }

    /// <summary>Asks the coordinator of a key, finds it again when it has moved, and asks again while the error that the response carries is one that passes.</summary>
    public Task<TResponse> CallCoordinatorAsync<TResponse>(CoordinatorType type, string key, IRequest request, Func<TResponse, ErrorCode> errorOf, CancellationToken cancellationToken)
        where TResponse : class, IResponse, IMessage<TResponse> =>
        RetryAsync(
            $"{request.ApiKey} of {key}",
            async cancellation =>
            {
                TResponse response = await CallCoordinatorOnceAsync(type, key, request, errorOf, cancellation).ConfigureAwait(false);
                return ThrowIfRetriable(response, errorOf(response), $"{request.ApiKey} of {type.ToString().ToLowerInvariant()} {key}");
            },
            cancellationToken);

    /// <summary>As <see cref="CallCoordinatorAsync"/>, without trying again; the coordinator is forgotten when it is not it any more, or lost.</summary>
    public async Task<TResponse> CallCoordinatorOnceAsync<TResponse>(CoordinatorType type, string key, IRequest request, Func<TResponse, ErrorCode> errorOf, CancellationToken cancellationToken)
        where TResponse : class, IResponse, IMessage<TResponse>
    {
        int node = await CoordinatorAsync(type, key, cancellationToken).ConfigureAwait(false);
        TResponse response;
        try
        {
            response = await CallAsync<TResponse>(node, request, cancellationToken, ConnectionPurpose.Coordinator).ConfigureAwait(false);
        }
        catch (DisconnectedException)
        {
            ForgetCoordinator(type, key);
            throw;
        }

        if (errorOf(response) is ErrorCode.NotCoordinator or ErrorCode.CoordinatorNotAvailable)
        {
            ForgetCoordinator(type, key);
        }

        return response;
    }
}
