namespace Moldau.Metadata.Tests;

public sealed class MetadataVersionTests
{
    [Theory]
    [InlineData("4.4-IV2", 33)]
    [InlineData("3.3-IV3", 7)]
    [InlineData("4.4", 33)]
    [InlineData("4.4.0", 33)]
    [InlineData("4.3", 30)]
    [InlineData("4.5", 34)]
    public void A_version_is_read_by_its_name_or_its_release(string text, short level)
    {
        MetadataVersion.TryParse(text, out MetadataVersion? version).ShouldBeTrue();
        version.ShouldBe(new MetadataVersion(level));
    }

    [Theory]
    [InlineData("")]
    [InlineData("4")]
    [InlineData("9.9")]
    [InlineData("4.4-IV9")]
    public void What_is_no_version_is_not_read(string text) => MetadataVersion.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void The_table_agrees_with_Apache_Kafka()
    {
        string? table = GoldenDirectory.Folder is { } folder ? Path.Combine(folder, "..", "..", "protocol", "metadata-versions.tsv") : null;
        Assert.SkipWhen(table is null, "../shared/protocol is not beside the repository");
        string[] lines = File.ReadAllLines(table!);
        string[] columns = lines[0].Split('\t');
        foreach (string[] row in lines.Skip(1).Select(line => line.Split('\t')))
        {
            var version = new MetadataVersion(short.Parse(row[0], System.Globalization.CultureInfo.InvariantCulture));
            version.VersionString.ShouldBe(row[2]);
            Check("didMetadataChange", version.DidMetadataChange);
            Check("fetchRequestVersion", version.FetchRequestVersion);
            Check("isCidrAclSupported", version.IsCidrAclSupported);
            Check("isControllerRegistrationSupported", version.IsControllerRegistrationSupported);
            Check("isControllerUnregistrationSupported", version.IsControllerUnregistrationSupported);
            Check("isCordonedLogDirsSupported", version.IsCordonedLogDirsSupported);
            Check("isDelegationTokenSupported", version.IsDelegationTokenSupported);
            Check("isDirectoryAssignmentSupported", version.IsDirectoryAssignmentSupported);
            Check("isElrSupported", version.IsElrSupported);
            Check("isLeaderEpochBumpRequiredOnIsrShrink", version.IsLeaderEpochBumpRequiredOnIsrShrink);
            Check("isMetadataTransactionSupported", version.IsMetadataTransactionSupported);
            Check("isMigrationSupported", version.IsMigrationSupported);
            Check("isProduction", version.IsProduction);
            Check("isScramSupported", version.IsScramSupported);
            Check("listOffsetRequestVersion", version.ListOffsetsRequestVersion);
            Check("partitionChangeRecordVersion", version.PartitionChangeRecordVersion);
            Check("partitionRecordVersion", version.PartitionRecordVersion);
            Check("registerBrokerRecordVersion", version.RegisterBrokerRecordVersion);
            foreach (Feature feature in KnownFeatures.All)
            {
                Check("default " + feature.Name, feature.DefaultLevel(version));
            }

            void Check(string column, object actual) =>
                actual.ToString()!.ToLowerInvariant().ShouldBe(row[Array.IndexOf(columns, column)], $"{column} at {version}");
        }
    }
}
