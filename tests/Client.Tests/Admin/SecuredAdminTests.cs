using System.Globalization;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Client.Tests;

/// <summary>
/// What the admin does where there is an authorizer, users and tokens: Apache Kafka, which compat/92-client-security.sh starts. MOLDAU_COMPAT_SECURED is as <see cref="SecuredKafkaTests"/> has it.
/// </summary>
public class SecuredAdminTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rules_are_made_found_and_deleted()
    {
        await using AdminClient admin = Alice();
        var rule = new AclBinding(AclResourceType.Topic, "ruled-", AclPatternType.Prefixed, "User:bob", "*", AclOperation.Read, AclPermissionType.Allow);

        var created = await admin.CreateAclsAsync([rule, rule with { Principal = "nobody" }], Cancellation);

        created[rule].IsSuccess.ShouldBeTrue();
        created[rule with { Principal = "nobody" }].Error!.Code.ShouldBe(ErrorCode.InvalidRequest);
        var filter = new AclBindingFilter { ResourceType = AclResourceType.Topic, ResourceName = "ruled-topic", PatternType = AclPatternType.Match };
        await UntilAsync(async () => (await admin.DescribeAclsAsync(filter, Cancellation)).SequenceEqual([rule]));
        var deleted = await admin.DeleteAclsAsync([filter, filter with { Principal = "User:carl" }], Cancellation);
        deleted[filter].Value.ShouldBe([new DeletedAcl(rule, null)]);
        deleted[filter with { Principal = "User:carl" }].Value.ShouldBeEmpty();
    }

    [Fact]
    public async Task Quotas_are_set_found_and_taken_away()
    {
        await using AdminClient admin = Alice();
        var entity = new ClientQuotaEntity([new("user", "bob"), new("client-id", null)]);
        ClientQuotaEntity address = ClientQuotaEntity.Ip("127.0.0.1");

        var altered = await admin.AlterClientQuotasAsync(
            [
                new ClientQuotaAlteration(entity, new Dictionary<string, double?> { ["producer_byte_rate"] = 1e6, ["request_percentage"] = 50 }),
                new ClientQuotaAlteration(address, new Dictionary<string, double?> { ["no_such_key"] = 1 }),
            ],
            false,
            Cancellation);

        altered[entity].IsSuccess.ShouldBeTrue();
        altered[address].Error!.Code.ShouldBe(ErrorCode.InvalidRequest);
        var filter = new ClientQuotaFilter { Components = [ClientQuotaFilterComponent.OfEntity("user", "bob")] };
        await UntilAsync(async () => (await admin.DescribeClientQuotasAsync(filter, Cancellation)).TryGetValue(entity, out var found) && found["producer_byte_rate"] == 1e6);
        (await admin.DescribeClientQuotasAsync(filter with { Strict = true }, Cancellation)).ShouldBeEmpty();
        (await admin.AlterClientQuotasAsync(
            [new ClientQuotaAlteration(entity, new Dictionary<string, double?> { ["producer_byte_rate"] = null, ["request_percentage"] = null })], false, Cancellation)).ThrowIfAnyFailed();
        await UntilAsync(async () => (await admin.DescribeClientQuotasAsync(filter, Cancellation)).Count == 0);
    }

    [Fact]
    public async Task A_user_that_was_made_can_log_in()
    {
        await using AdminClient admin = Alice();

        var altered = await admin.AlterUserScramCredentialsAsync(
            [
                new UserScramCredentialUpsertion("dora", ScramMechanismType.ScramSha512, "dora-secret", 8192),
                new UserScramCredentialUpsertion("weak", ScramMechanismType.ScramSha256, "x", 10),
                new UserScramCredentialDeletion("nobody", ScramMechanismType.ScramSha256),
            ],
            Cancellation);

        altered["dora"].IsSuccess.ShouldBeTrue();
        altered["weak"].Error!.Code.ShouldBe(ErrorCode.UnacceptableCredential);
        altered["nobody"].Error!.Code.ShouldBe(ErrorCode.ResourceNotFound);
        await UntilAsync(async () => (await admin.DescribeUserScramCredentialsAsync(["dora"], Cancellation))["dora"].IsSuccess);
        (await admin.DescribeUserScramCredentialsAsync(["dora"], Cancellation))["dora"].Value.ShouldBe([new ScramCredentialInfo(ScramMechanismType.ScramSha512, 8192)]);
        await using AdminClient dora = As("dora", "dora-secret", "SCRAM-SHA-512");
        (await dora.DescribeClusterAsync(null, Cancellation)).Nodes.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_token_is_made_renewed_and_ended()
    {
        await using AdminClient admin = Alice();

        DelegationToken token = await admin.CreateDelegationTokenAsync(
            new CreateDelegationTokenOptions { Renewers = [KafkaPrincipal.User("bob")], MaxLifetime = TimeSpan.FromHours(2) }, Cancellation);

        (token.MaxTime - token.IssueTime).ShouldBe(TimeSpan.FromHours(2));
        token.ToString().ShouldNotContain(Convert.ToBase64String(token.Hmac.Span));
        await UntilAsync(async () => (await admin.DescribeDelegationTokensAsync([KafkaPrincipal.User("alice")], Cancellation)).Any(found => found.TokenId == token.TokenId));
        (await admin.RenewDelegationTokenAsync(token.Hmac, TimeSpan.FromMinutes(5), Cancellation)).ShouldBeLessThan(token.MaxTime);
        (await admin.ExpireDelegationTokenAsync(token.Hmac, null, Cancellation)).ShouldBeLessThan(token.ExpiryTime);
        (await Should.ThrowAsync<KafkaException>(admin.RenewDelegationTokenAsync(new byte[] { 1 }, null, Cancellation))).Code.ShouldBe(ErrorCode.DelegationTokenNotFound);
    }

    [Theory]
    [InlineData("SCRAM-SHA-256")]
    [InlineData("SCRAM-SHA-512")]
    public async Task A_token_logs_in_as_its_owner_until_it_is_ended(string mechanism)
    {
        await using AdminClient admin = Alice();
        DelegationToken token = await admin.CreateDelegationTokenAsync(null, Cancellation);
        string secret = Convert.ToBase64String(token.Hmac.Span);
        await UntilAsync(async () => (await admin.DescribeDelegationTokensAsync(null, Cancellation)).Any(found => found.TokenId == token.TokenId));

        await using AdminClient bearer = As(token.TokenId, secret, mechanism, "tokenauth=\"true\"");

        (await bearer.DescribeClusterAsync(null, Cancellation)).Nodes.ShouldHaveSingleItem();
        token.Owner.ShouldBe(KafkaPrincipal.User("alice"));
        (await Should.ThrowAsync<KafkaException>(bearer.CreateDelegationTokenAsync(null, Cancellation))).Code.ShouldBe(ErrorCode.DelegationTokenRequestNotAllowed);
        await using AdminClient withoutSaying = As(token.TokenId, secret, mechanism);
        await Should.ThrowAsync<AuthenticationException>(withoutSaying.DescribeClusterAsync(null, Cancellation));
        await admin.ExpireDelegationTokenAsync(token.Hmac, null, Cancellation);
        await UntilAsync(async () => (await admin.DescribeDelegationTokensAsync(null, Cancellation)).All(found => found.TokenId != token.TokenId));
        await using AdminClient late = As(token.TokenId, secret, mechanism, "tokenauth=\"true\"");
        await Should.ThrowAsync<AuthenticationException>(late.DescribeClusterAsync(null, Cancellation));
    }

    private static AdminClient Alice() => As("alice", "alice-secret", "SCRAM-SHA-256");

    private static AdminClient As(string user, string password, string mechanism, string more = "")
    {
        string[] place = (Environment.GetEnvironmentVariable("MOLDAU_COMPAT_SECURED") ?? "").Split(':');
        Assert.SkipUnless(place.Length == 2, "there is no Apache Kafka with TLS and SASL here: compat/run 92-client-security starts one");
        return new AdminClient(AdminOptions.FromProperties(new Dictionary<string, string>
        {
            ["bootstrap.servers"] = $"127.0.0.1:{int.Parse(place[1], CultureInfo.InvariantCulture) + 1}",
            ["security.protocol"] = "SASL_PLAINTEXT",
            ["sasl.mechanism"] = mechanism,
            ["sasl.jaas.config"] = $"org.apache.kafka.common.security.scram.ScramLoginModule required username=\"{user}\" password=\"{password}\" {more};",
        }));
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo)
    {
        while (!await isSo())
        {
            // Brokers hear of changes a little after the controller has made them.
            Cancellation.ThrowIfCancellationRequested();
        }
    }
}
