using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Runtime;

namespace Moldau.Client;

/// <summary>From an address to a connection that can be used: TCP, TLS, versions, authentication.</summary>
internal sealed partial class BrokerConnection
{
    private const string SoftwareName = "moldau-client";

    /// <summary>Opens a connection.</summary>
    /// <param name="options">Security and time-outs.</param>
    /// <param name="host">The broker's host.</param>
    /// <param name="port">Its port.</param>
    /// <param name="nodeId">Its id; negative when not known yet.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="DisconnectedException">Nothing listens there, or it does not answer in <see cref="ClientOptions.ConnectionSetupTimeout"/>.</exception>
    /// <exception cref="AuthenticationException">One side does not take the other.</exception>
    public static async Task<BrokerConnection> ConnectAsync(ClientOptions options, string host, int port, int nodeId, CancellationToken cancellationToken)
    {
        string peer = nodeId < 0 ? $"{host}:{port}" : $"broker {nodeId} at {host}:{port}";
        using var timeout = new CancellationTokenSource(options.ConnectionSetupTimeout, options.Seams.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        BrokerConnection? opened = null;
        try
        {
            INetworkConnection connection = await options.Seams.Network.ConnectAsync(host, port, either.Token).ConfigureAwait(false);
            if (options.Security.IsEncrypted)
            {
                connection = await TlsConnection.OpenAsync(connection, host, options.Security.Tls, either.Token).ConfigureAwait(false);
            }

            opened = new BrokerConnection(connection, options, nodeId, peer);
            _ = opened.ReceiveAsync();
            await opened.NegotiateAsync(options.ConnectionSetupTimeout, either.Token).ConfigureAwait(false);
            if (options.Security.IsAuthenticated)
            {
                opened.RetiresAt = await SaslAuthentication.RunAsync(opened, options, host, either.Token).ConfigureAwait(false);
            }

            return opened;
        }
        catch (NetworkException failure)
        {
            opened?.Dispose();
            throw new DisconnectedException(failure.Message.Contains($"{host}:{port}", StringComparison.Ordinal) ? failure.Message : $"cannot connect to {peer}: {failure.Message}", failure);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            opened?.Dispose();
            throw new DisconnectedException($"{peer} did not answer within {options.ConnectionSetupTimeout.TotalSeconds:0.###} s{Blame(options)}", isTimeout: true);
        }
        catch
        {
            opened?.Dispose();
            throw;
        }
    }

    private static string Blame(ClientOptions options) =>
        options.Security.IsAuthenticated && options.Security.Sasl?.Mechanism == "GSSAPI" ? ", or Kerberos's KDC did not (KRB5_TRACE=/dev/stderr shows what it waits for)" : "";

    private async Task NegotiateAsync(TimeSpan timeout, CancellationToken cancellationToken)
    {
        var request = new ApiVersionsRequest { ClientSoftwareName = SoftwareName, ClientSoftwareVersion = typeof(BrokerConnection).Assembly.GetName().Version!.ToString(3) };
        short version = ApiCatalog.Get(ApiKey.ApiVersions).HighestStableVersion;
        ApiVersionsResponse response = await AskVersionsAsync(request, version, timeout, cancellationToken).ConfigureAwait(false);
        if (response.ErrorCode == ErrorCode.UnsupportedVersion)
        {
            // Answered in version 0, with the versions of ApiVersions that the broker does know (KIP-511).
            short highest = response.ApiKeys.Find(api => api.ApiKey == ApiKey.ApiVersions)?.MaxVersion ?? 0;
            response = await AskVersionsAsync(request, Math.Min(version, highest), timeout, cancellationToken).ConfigureAwait(false);
        }

        Versions = response.ErrorCode == ErrorCode.None
            ? new PeerVersions(response, _peer)
            : throw KafkaException.Of(response.ErrorCode, $"{_peer} does not tell its versions");
    }

    private async Task<ApiVersionsResponse> AskVersionsAsync(ApiVersionsRequest request, short version, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using ResponseLease lease = await ExchangeAsync(request, version, timeout, cancellationToken).ConfigureAwait(false);
        var reader = new MessageReader(lease.Body);
        bool isRefused = (ErrorCode)new MessageReader(lease.Body).ReadInt16() == ErrorCode.UnsupportedVersion;
        return ApiVersionsResponse.Read(ref reader, isRefused ? (short)0 : version);
    }
}
