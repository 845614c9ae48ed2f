using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>Delegation tokens (KIP-48). A cluster without <c>delegation.token.secret.key</c> answers DELEGATION_TOKEN_AUTH_DISABLED.</summary>
public sealed partial class AdminClient
{
    /// <summary>Makes a token.</summary>
    /// <exception cref="KafkaException">There is none: DELEGATION_TOKEN_AUTH_DISABLED, DELEGATION_TOKEN_REQUEST_NOT_ALLOWED over a connection that is not authenticated, and so on.</exception>
    public Task<DelegationToken> CreateDelegationTokenAsync(CreateDelegationTokenOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new CreateDelegationTokenOptions();
        var request = new CreateDelegationTokenRequest
        {
            Renewers = [.. options.Renewers.Select(renewer => new CreateDelegationTokenRequest.CreatableRenewers { PrincipalType = renewer.PrincipalType, PrincipalName = renewer.Name })],
            MaxLifetimeMs = options.MaxLifetime is { } lifetime ? (long)lifetime.TotalMilliseconds : -1,
        };
        if (options.Owner is { } owner)
        {
            request.OwnerPrincipalType = owner.PrincipalType;
            request.OwnerPrincipalName = owner.Name;
        }

        return OnceAsync(
            "creating a delegation token",
            async cancellation =>
            {
                CreateDelegationTokenResponse response = await AskControllerAsync<CreateDelegationTokenResponse>(request, cancellation).ConfigureAwait(false);
                ThrowIf(response.ErrorCode, "creating a delegation token", null);
                var maker = new KafkaPrincipal(response.PrincipalType, response.PrincipalName);
                return new DelegationToken(
                    response.TokenId,
                    response.Hmac,
                    maker,
                    response.TokenRequesterPrincipalName.Length == 0 ? maker : new KafkaPrincipal(response.TokenRequesterPrincipalType, response.TokenRequesterPrincipalName),
                    [.. options.Renewers],
                    DateTimeOffset.FromUnixTimeMilliseconds(response.IssueTimestampMs),
                    DateTimeOffset.FromUnixTimeMilliseconds(response.ExpiryTimestampMs),
                    DateTimeOffset.FromUnixTimeMilliseconds(response.MaxTimestampMs));
            },
            cancellationToken);
    }

    /// <summary>Has a token hold longer.</summary>
    /// <param name="hmac">Its secret.</param>
    /// <param name="period">For how long from now; null for the cluster's <c>delegation.token.expiry.time.ms</c>.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Until when it holds.</returns>
    /// <exception cref="KafkaException">It holds as long as before: DELEGATION_TOKEN_NOT_FOUND and so on.</exception>
    public Task<DateTimeOffset> RenewDelegationTokenAsync(ReadOnlyMemory<byte> hmac, TimeSpan? period = null, CancellationToken cancellationToken = default) =>
        OnceAsync(
            "renewing a delegation token",
            async cancellation =>
            {
                RenewDelegationTokenResponse response = await AskControllerAsync<RenewDelegationTokenResponse>(
                    new RenewDelegationTokenRequest { Hmac = hmac.ToArray(), RenewPeriodMs = Milliseconds(period) }, cancellation).ConfigureAwait(false);
                ThrowIf(response.ErrorCode, "renewing a delegation token", null);
                return DateTimeOffset.FromUnixTimeMilliseconds(response.ExpiryTimestampMs);
            },
            cancellationToken);

    /// <summary>Has a token hold shorter.</summary>
    /// <param name="hmac">Its secret.</param>
    /// <param name="period">For how long from now; null ends it now.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>Until when it holds.</returns>
    /// <exception cref="KafkaException">It holds as long as before: DELEGATION_TOKEN_NOT_FOUND and so on.</exception>
    public Task<DateTimeOffset> ExpireDelegationTokenAsync(ReadOnlyMemory<byte> hmac, TimeSpan? period = null, CancellationToken cancellationToken = default) =>
        OnceAsync(
            "expiring a delegation token",
            async cancellation =>
            {
                ExpireDelegationTokenResponse response = await AskControllerAsync<ExpireDelegationTokenResponse>(
                    new ExpireDelegationTokenRequest { Hmac = hmac.ToArray(), ExpiryTimePeriodMs = Milliseconds(period) }, cancellation).ConfigureAwait(false);
                ThrowIf(response.ErrorCode, "expiring a delegation token", null);
                return DateTimeOffset.FromUnixTimeMilliseconds(response.ExpiryTimestampMs);
            },
            cancellationToken);

    /// <summary>The tokens that this client may see.</summary>
    /// <param name="owners">Of these owners; null for all.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="KafkaException">They are not to be had: DELEGATION_TOKEN_AUTH_DISABLED and so on.</exception>
    public Task<IReadOnlyList<DelegationToken>> DescribeDelegationTokensAsync(IReadOnlyCollection<KafkaPrincipal>? owners = null, CancellationToken cancellationToken = default)
    {
        var request = new DescribeDelegationTokenRequest
        {
            Owners = owners is null
                ? null
                : [.. owners.Select(owner => new DescribeDelegationTokenRequest.DescribeDelegationTokenOwner { PrincipalType = owner.PrincipalType, PrincipalName = owner.Name })],
        };
        return OnceAsync<IReadOnlyList<DelegationToken>>(
            "describing delegation tokens",
            async cancellation =>
            {
                DescribeDelegationTokenResponse response = await AskAnyAsync<DescribeDelegationTokenResponse>(request, cancellation).ConfigureAwait(false);
                ThrowIf(response.ErrorCode, "describing delegation tokens", null);
                return [.. response.Tokens.Select(ReadToken)];
            },
            cancellationToken);
    }

    private static long Milliseconds(TimeSpan? period) => period is { } given ? (long)given.TotalMilliseconds : -1;

    private static DelegationToken ReadToken(DescribeDelegationTokenResponse.DescribedDelegationToken token)
    {
        var owner = new KafkaPrincipal(token.PrincipalType, token.PrincipalName);
        return new DelegationToken(
            token.TokenId,
            token.Hmac,
            owner,
            token.TokenRequesterPrincipalName.Length == 0 ? owner : new KafkaPrincipal(token.TokenRequesterPrincipalType, token.TokenRequesterPrincipalName),
            [.. token.Renewers.Select(renewer => new KafkaPrincipal(renewer.PrincipalType, renewer.PrincipalName))],
            DateTimeOffset.FromUnixTimeMilliseconds(token.IssueTimestamp),
            DateTimeOffset.FromUnixTimeMilliseconds(token.ExpiryTimestamp),
            DateTimeOffset.FromUnixTimeMilliseconds(token.MaxTimestamp));
    }
}
