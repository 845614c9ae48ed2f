using System.Globalization;

namespace Moldau.Protocol.Tests;

/// <summary>The catalog says what Apache Kafka 4.4 says.</summary>
public class ApiCatalogTests
{
    private static string Table => Path.Combine(RepositoryFolder.Shared, "protocol", "api-versions.tsv");

    [Fact]
    public void Each_api_has_the_versions_headers_and_listeners_of_the_table()
    {
        Assert.SkipUnless(File.Exists(Table), "no api-versions.tsv beside the repository");
        string[][] rows = [.. File.ReadLines(Table).Skip(1).Select(line => line.Split('\t'))];
        rows.Where(row => row[2] != "none").Select(row => row[1]).ShouldBe(ApiCatalog.All.Select(api => api.Name));
        foreach (string[] row in rows)
        {
            var key = (ApiKey)short.Parse(row[0], CultureInfo.InvariantCulture);
            key.ToString().ShouldBe(row[1]);
            if (row[2] == "none")
            {
                ApiCatalog.TryGet(key, out _).ShouldBeFalse(row[1]);
                continue;
            }
            ApiInfo api = ApiCatalog.Get(key);
            short[] versions = [.. Enumerable.Range(api.LowestVersion, api.HighestVersion - api.LowestVersion + 1).Select(version => (short)version)];
            $"{api.LowestVersion} {api.HighestStableVersion} {api.HighestVersion}".ShouldBe($"{row[2]} {row[3]} {row[4]}", row[1]);
            string.Join(' ', versions.Select(version => $"{version}:{api.RequestHeaderVersion(version)}")).ShouldBe(row[5], row[1]);
            string.Join(' ', versions.Select(version => $"{version}:{api.ResponseHeaderVersion(version)}")).ShouldBe(row[6], row[1]);
            api.Listeners.ToString().Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant().ShouldBe(row[7], row[1]);
            api.IsClusterAction.ShouldBe(row[8] == "true", row[1]);
            api.IsForwardable.ShouldBe(row[9] == "true", row[1]);
            string advertised = row[11].Length > 0 ? row[11] : row[12];
            $"{api.LowestAdvertisedVersion}-{api.HighestStableVersion}".ShouldBe(advertised, row[1]);
        }
    }

    [Fact]
    public void Error_codes_have_kafkas_names_and_texts()
    {
        ErrorCode.None.Message().ShouldBe("");
        ErrorCode.UnknownTopicOrPartition.Message().ShouldBe("This server does not host this topic-partition.");
        ErrorCode.UnknownTopicOrPartition.KafkaName().ShouldBe("UNKNOWN_TOPIC_OR_PARTITION");
        ErrorCode.UnknownTopicOrPartition.IsRetriable().ShouldBeTrue();
        ErrorCode.UnknownTopicOrPartition.RefreshesMetadata().ShouldBeTrue();
        ErrorCode.InvalidRecord.IsRetriable().ShouldBeFalse();
        ((short)ErrorCode.UnknownServerError).ShouldBe((short)-1);
        ((ErrorCode)30_000).KafkaName().ShouldBe("30000");
        ((ErrorCode)30_000).Message().ShouldBeNull();
    }
}
