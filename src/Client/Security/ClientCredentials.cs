using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Moldau.Protocol;

namespace Moldau.Client;

/// <summary>Tokens by client credentials (RFC 6749, section 4.4; KIP-768). A token is used again until it nears its end. Any thread may call it.</summary>
internal sealed class ClientCredentials(Uri endpoint, string clientId, string clientSecret, string? scope, TimeProvider time)
{
    private static readonly HttpClient Http = new();
    private static readonly TimeSpan Reserve = TimeSpan.FromSeconds(60);
    private OAuthBearerToken? _token;

    /// <exception cref="AuthenticationException">The endpoint does not give a token.</exception>
    public async ValueTask<OAuthBearerToken> GetAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _token) is { } known && known.ExpiresAt - Reserve > time.GetUtcNow())
        {
            return known;
        }

        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, endpoint);
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{clientId}:{clientSecret}")));
            var form = new Dictionary<string, string> { ["grant_type"] = "client_credentials" };
            if (scope is not null)
            {
                form["scope"] = scope;
            }

            request.Content = new FormUrlEncodedContent(form);
            using HttpResponseMessage response = await Http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                throw Refused($"it answers {(int)response.StatusCode}");
            }

            OAuthBearerToken token = Read(body);
            Volatile.Write(ref _token, token);
            return token;
        }
        catch (HttpRequestException failure)
        {
            throw new DisconnectedException($"the token endpoint {endpoint} cannot be asked: {failure.Message}", failure);
        }
        catch (JsonException malformed)
        {
            throw Refused($"its answer is no JSON: {malformed.Message}");
        }
    }

    private OAuthBearerToken Read(byte[] body)
    {
        using JsonDocument json = JsonDocument.Parse(body);
        if (!json.RootElement.TryGetProperty("access_token", out JsonElement token) || token.GetString() is not { Length: > 0 } value)
        {
            throw Refused("its answer has no access_token");
        }

        double seconds = json.RootElement.TryGetProperty("expires_in", out JsonElement expires) && expires.TryGetDouble(out double given) ? given : Reserve.TotalSeconds;
        return new OAuthBearerToken(value, time.GetUtcNow().AddSeconds(seconds));
    }

    private AuthenticationException Refused(string why) => new(ErrorCode.SaslAuthenticationFailed, $"the token endpoint {endpoint} gives no token: {why}");
}
