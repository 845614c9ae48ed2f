using System.Security.Cryptography;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Controller;

/// <summary>AlterUserScramCredentials and DescribeUserScramCredentials (KIP-554). Pure; mutates nothing.</summary>
public static class ScramManager
{
    private const int IterationsMin = 4096;
    private const int IterationsMax = 16384;

    /// <summary>Each user succeeds or fails alone.</summary>
    public static ControllerResult<AlterUserScramCredentialsResponse> Alter(
        MetadataImage image, AlterUserScramCredentialsRequest request, ControlContext context)
    {
        var records = new List<MetadataRecord>();
        var response = new AlterUserScramCredentialsResponse();
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string user in request.Deletions.Select(static deletion => deletion.Name).Concat(request.Upsertions.Select(static upsertion => upsertion.Name)))
        {
            counts[user] = counts.GetValueOrDefault(user) + 1;
        }

        foreach (AlterUserScramCredentialsRequest.ScramCredentialDeletion deletion in request.Deletions)
        {
            ApiError error = Check(image, deletion.Name, deletion.Mechanism);
            if (!error.IsError && image.Scram.Find(deletion.Name, (ScramMechanism)deletion.Mechanism) is null)
            {
                error = new(ErrorCode.ResourceNotFound, "Attempt to delete a user credential that does not exist");
            }

            var record = new RemoveUserScramCredentialRecord { Name = deletion.Name, Mechanism = deletion.Mechanism };
            Add(deletion.Name, error, new(record, 0), counts, records, response);
        }

        foreach (AlterUserScramCredentialsRequest.ScramCredentialUpsertion upsertion in request.Upsertions)
        {
            ApiError error = Check(image, upsertion.Name, upsertion.Mechanism);
            if (!error.IsError && upsertion.Iterations is (< IterationsMin or > IterationsMax))
            {
                error = new(ErrorCode.UnacceptableCredential, upsertion.Iterations < IterationsMin ? "Too few iterations" : "Too many iterations");
            }

            Add(upsertion.Name, error, error.IsError ? default : Credential(upsertion), counts, records, response);
        }

        return ControllerResult<AlterUserScramCredentialsResponse>.Atomic(records, response);
    }

    /// <summary>Mechanisms and iterations of the users named, or of all; never anything secret.</summary>
    public static DescribeUserScramCredentialsResponse Describe(MetadataImage image, DescribeUserScramCredentialsRequest request)
    {
        var response = new DescribeUserScramCredentialsResponse { ErrorMessage = null };
        var credentials = new SortedDictionary<string, List<(sbyte Mechanism, int Iterations)>>(StringComparer.Ordinal);
        foreach ((ScramUser user, ScramCredential credential) in image.Scram.Credentials)
        {
            if (!credentials.TryGetValue(user.Name, out List<(sbyte, int)>? list))
            {
                list = [];
                credentials.Add(user.Name, list);
            }

            list.Add((user.Mechanism, credential.Iterations));
        }

        List<string> wanted = request.Users is { Count: > 0 } users ? [.. users.Select(static user => user.Name)] : [.. credentials.Keys];
        foreach (IGrouping<string, string> user in wanted.GroupBy(static name => name, StringComparer.Ordinal))
        {
            var result = new DescribeUserScramCredentialsResponse.DescribeUserScramCredentialsResult { User = user.Key, ErrorMessage = null };
            response.Results.Add(result);
            if (user.Count() > 1)
            {
                result.ErrorCode = ErrorCode.DuplicateResource;
                result.ErrorMessage = $"Cannot describe SCRAM credentials for the same user twice in a single request: {user.Key}";
            }
            else if (credentials.TryGetValue(user.Key, out List<(sbyte Mechanism, int Iterations)>? list))
            {
                foreach ((sbyte mechanism, int iterations) in list.Order())
                {
                    result.CredentialInfos.Add(new() { Mechanism = mechanism, Iterations = iterations });
                }
            }
            else
            {
                result.ErrorCode = ErrorCode.ResourceNotFound;
                result.ErrorMessage = $"Attempt to describe a user credential that does not exist: {user.Key}";
            }
        }

        return response;
    }

    private static void Add(
        string user,
        ApiError error,
        MetadataRecord record,
        Dictionary<string, int> counts,
        List<MetadataRecord> records,
        AlterUserScramCredentialsResponse response)
    {
        int count = counts[user];
        if (count == 0)
        {
            return;
        }

        if (count > 1)
        {
            // Named twice: answered once.
            counts[user] = 0;
            error = new(ErrorCode.DuplicateResource, "A user credential cannot be altered twice in the same request");
        }

        response.Results.Add(new() { User = user, ErrorCode = error.Code, ErrorMessage = error.Message });
        if (!error.IsError)
        {
            records.Add(record);
        }
    }

    private static ApiError Check(MetadataImage image, string user, sbyte mechanism)
    {
        if (!image.MetadataVersion.IsScramSupported)
        {
            return new(ErrorCode.UnsupportedVersion, "The current metadata.version does not support SCRAM");
        }

        if (user.Length == 0)
        {
            return new(ErrorCode.UnacceptableCredential, "Username must not be empty");
        }

        return (ScramMechanism)mechanism is ScramMechanism.ScramSha256 or ScramMechanism.ScramSha512
            ? ApiError.None
            : new(ErrorCode.UnsupportedSaslMechanism, "Unknown SCRAM mechanism");
    }

    /// <summary>The password itself never reaches the log: only what RFC 5802 lets a server keep.</summary>
    private static MetadataRecord Credential(AlterUserScramCredentialsRequest.ScramCredentialUpsertion upsertion)
    {
        ReadOnlySpan<byte> password = upsertion.SaltedPassword.Span;
        bool is256 = (ScramMechanism)upsertion.Mechanism == ScramMechanism.ScramSha256;
        byte[] clientKey = is256 ? HMACSHA256.HashData(password, "Client Key"u8) : HMACSHA512.HashData(password, "Client Key"u8);
        byte[] serverKey = is256 ? HMACSHA256.HashData(password, "Server Key"u8) : HMACSHA512.HashData(password, "Server Key"u8);
        byte[] storedKey = is256 ? SHA256.HashData(clientKey) : SHA512.HashData(clientKey);
        return new ScramCredential(upsertion.Salt, storedKey, serverKey, upsertion.Iterations).ToRecord(upsertion.Name, upsertion.Mechanism);
    }
}
