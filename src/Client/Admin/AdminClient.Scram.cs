using Moldau.Core.Scram;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>Users and their SCRAM credentials (KIP-554).</summary>
public sealed partial class AdminClient
{
    private const int SaltSizeBytes = 26;

    /// <summary>Which credentials users have.</summary>
    /// <param name="users">The users; null for all.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <returns>By user; RESOURCE_NOT_FOUND and DUPLICATE_RESOURCE are results.</returns>
    /// <exception cref="KafkaException">They are not to be had: CLUSTER_AUTHORIZATION_FAILED.</exception>
    public Task<IReadOnlyDictionary<string, AdminResult<IReadOnlyList<ScramCredentialInfo>>>> DescribeUserScramCredentialsAsync(
        IReadOnlyCollection<string>? users = null, CancellationToken cancellationToken = default)
    {
        var request = new DescribeUserScramCredentialsRequest
        {
            Users = users is { Count: > 0 } ? [.. users.Select(user => new DescribeUserScramCredentialsRequest.UserName { Name = user })] : null,
        };
        return OnceAsync<IReadOnlyDictionary<string, AdminResult<IReadOnlyList<ScramCredentialInfo>>>>(
            "describing users",
            async cancellation =>
            {
                DescribeUserScramCredentialsResponse response = await AskAnyAsync<DescribeUserScramCredentialsResponse>(request, cancellation).ConfigureAwait(false);
                ThrowIf(response.ErrorCode, "describing users", response.ErrorMessage);
                return response.Results.ToDictionary(result => result.User, ReadUser, StringComparer.Ordinal);
            },
            cancellationToken);
    }

    /// <summary>Changes users' credentials. A user can be named once in a call: DUPLICATE_RESOURCE else.</summary>
    /// <returns>By user.</returns>
    public Task<IReadOnlyDictionary<string, AdminResult>> AlterUserScramCredentialsAsync(
        IEnumerable<UserScramCredentialAlteration> alterations, CancellationToken cancellationToken = default)
    {
        ILookup<string, UserScramCredentialAlteration> wanted = alterations.ToLookup(alteration => alteration.User, StringComparer.Ordinal);
        return RunAsync<string>(
            "changing the credentials of user",
            wanted.Select(user => user.Key),
            async (batch, asked, cancellation) =>
            {
                UserScramCredentialAlteration[] all = [.. asked.SelectMany(user => wanted[user])];
                var request = new AlterUserScramCredentialsRequest
                {
                    Deletions =
                    [
                        .. all.OfType<UserScramCredentialDeletion>().Select(deletion => new AlterUserScramCredentialsRequest.ScramCredentialDeletion
                        {
                            Name = deletion.User,
                            Mechanism = (sbyte)deletion.Mechanism,
                        }),
                    ],
                    Upsertions = [.. all.OfType<UserScramCredentialUpsertion>().Select(Write)],
                };
                AlterUserScramCredentialsResponse response = await AskControllerAsync<AlterUserScramCredentialsResponse>(request, cancellation).ConfigureAwait(false);
                foreach (AlterUserScramCredentialsResponse.AlterUserScramCredentialsResult result in response.Results)
                {
                    Settle(batch, result.User, result.ErrorCode, result.ErrorMessage, true, () => true);
                }
            },
            cancellationToken);
    }

    private static AdminResult<IReadOnlyList<ScramCredentialInfo>> ReadUser(DescribeUserScramCredentialsResponse.DescribeUserScramCredentialsResult user) =>
        user.ErrorCode == ErrorCode.None
            ? new AdminResult<IReadOnlyList<ScramCredentialInfo>>([.. user.CredentialInfos.Select(info => new ScramCredentialInfo((ScramMechanismType)info.Mechanism, info.Iterations))])
            : new AdminResult<IReadOnlyList<ScramCredentialInfo>>(KafkaException.Of(user.ErrorCode, $"describing user {user.User}", user.ErrorMessage));

    private AlterUserScramCredentialsRequest.ScramCredentialUpsertion Write(UserScramCredentialUpsertion upsertion)
    {
        byte[] salt;
        if (upsertion.Salt is { } given)
        {
            salt = given.ToArray();
        }
        else
        {
            salt = new byte[SaltSizeBytes];
            _options.Seams.Entropy.Fill(salt);
        }

        // A mechanism or count that the controller refuses is sent as it is: its error names it.
        ScramMechanism mechanism = upsertion.Mechanism == ScramMechanismType.ScramSha512 ? ScramMechanism.Sha512 : ScramMechanism.Sha256;
        bool isPlausible = upsertion.Iterations >= 1 && upsertion.Iterations <= mechanism.IterationsMax;
        return new AlterUserScramCredentialsRequest.ScramCredentialUpsertion
        {
            Name = upsertion.User,
            Mechanism = (sbyte)upsertion.Mechanism,
            Iterations = upsertion.Iterations,
            Salt = salt,
            SaltedPassword = isPlausible ? ScramKeys.SaltedPassword(mechanism, upsertion.Password, salt, upsertion.Iterations) : new byte[mechanism.HashSizeBytes],
        };
    }
}
