using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Controller.Tests;

public sealed class SecurityTests
{
    [Fact]
    public void ACLs_are_made_once_described_and_deleted_by_filter()
    {
        MetadataImage image = Fixtures.Cluster(1);
        image = image.After(AclManager.Create(image, new() { Creations = [Acl("a", 3), Acl("a", 3), Acl("pre", 4)] }, Fixtures.Context()));
        image.Acls.Entries.Count.ShouldBe(2);
        AclManager.Describe(image, new() { ResourceTypeFilter = 2, ResourceNameFilter = "prefix-x", PatternTypeFilter = 2, PrincipalFilter = null, HostFilter = null, Operation = 1, PermissionType = 1 })
            .Resources.Single().ResourceName.ShouldBe("pre");
        var filter = new DeleteAclsRequest.DeleteAclsFilter { ResourceTypeFilter = 2, PatternTypeFilter = 1, Operation = 1, PermissionType = 1 };
        filter.ResourceNameFilter = null;
        filter.PrincipalFilter = null;
        filter.HostFilter = null;
        ControllerResult<DeleteAclsResponse> deleted = AclManager.Delete(image, new() { Filters = [filter] }, Fixtures.Context());
        deleted.Response.FilterResults.Single().MatchingAcls.Count.ShouldBe(2);
        image.After(deleted).Acls.Entries.ShouldBeEmpty();
    }

    [Fact]
    public void A_bad_ACL_says_what_is_wrong()
    {
        CreateAclsRequest.AclCreation bad = Acl("a", 2);
        AclManager.Create(Fixtures.Cluster(1), new() { Creations = [bad] }, Fixtures.Context()).Response.Results.Single().ErrorMessage.ShouldBe("Invalid patternType MATCH");
    }

    [Fact]
    public void Quotas_are_set_described_and_removed()
    {
        MetadataImage image = Fixtures.Cluster(1);
        image = image.After(Alter(image, "user", null, "producer_byte_rate", 5, remove: false));
        DescribeClientQuotasResponse.EntryData entry = ClientQuotaManager.Describe(
            image, new() { Components = [new() { EntityType = "user", MatchType = 1, Match = null }], Strict = true }).Entries!.Single();
        (entry.Entity[0].EntityName, entry.Values[0].Value).ShouldBe((null, 5.0));
        image.After(Alter(image, "user", null, "producer_byte_rate", 0, remove: true)).ClientQuotas.Entities.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("user", "a", "nonsense", 1, "Invalid configuration key nonsense")]
    [InlineData("user", "a", "producer_byte_rate", 0, "Quota producer_byte_rate must be greater than 0")]
    [InlineData("user", "a", "producer_byte_rate", 1.5, "producer_byte_rate cannot be a fractional value.")]
    [InlineData("user", "", "producer_byte_rate", 1, "Empty user not supported")]
    [InlineData("host", "a", "producer_byte_rate", 1, "Unhandled client quota entity type: host")]
    public void A_bad_quota_says_what_is_wrong(string type, string name, string key, double value, string message)
    {
        AlterClientQuotasResponse.EntryData entry = Alter(Fixtures.Cluster(1), type, name, key, value, remove: false).Response.Entries.Single();
        (entry.ErrorCode, entry.ErrorMessage).ShouldBe((ErrorCode.InvalidRequest, message));
    }

    [Fact]
    public void A_SCRAM_user_is_made_described_and_deleted()
    {
        MetadataImage image = Fixtures.Cluster(1);
        var upsertion = new AlterUserScramCredentialsRequest.ScramCredentialUpsertion
        {
            Name = "u", Mechanism = 1, Iterations = 4096, Salt = new byte[] { 1, 2 }, SaltedPassword = new byte[] { 3, 4 },
        };
        image = image.After(ScramManager.Alter(image, new() { Upsertions = [upsertion] }, Fixtures.Context()));
        ScramManager.Describe(image, new() { Users = null }).Results.Single().CredentialInfos.Single().Iterations.ShouldBe(4096);
        upsertion.Iterations = 1;
        ScramManager.Alter(image, new() { Upsertions = [upsertion] }, Fixtures.Context()).Response.Results.Single().ErrorMessage.ShouldBe("Too few iterations");
        ControllerResult<AlterUserScramCredentialsResponse> deleted =
            ScramManager.Alter(image, new() { Deletions = [new() { Name = "u", Mechanism = 1 }] }, Fixtures.Context());
        image.After(deleted).Scram.Credentials.ShouldBeEmpty();
    }

    private static CreateAclsRequest.AclCreation Acl(string topic, sbyte pattern) => new()
    {
        ResourceType = 2, ResourceName = topic, ResourcePatternType = pattern, Principal = "User:a", Host = "*", Operation = 3, PermissionType = 3,
    };

    private static ControllerResult<AlterClientQuotasResponse> Alter(MetadataImage image, string type, string? name, string key, double value, bool remove)
    {
        var entry = new AlterClientQuotasRequest.EntryData();
        entry.Entity.Add(new() { EntityType = type, EntityName = name });
        entry.Ops.Add(new() { Key = key, Value = value, Remove = remove });
        return ClientQuotaManager.Alter(image, new() { Entries = [entry] }, Fixtures.Context());
    }
}
