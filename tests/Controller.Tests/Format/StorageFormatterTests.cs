using System.Formats.Tar;
using System.IO.Compression;
using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol.MetadataRecords;
using Moldau.Raft;
using Moldau.Runtime;
using Moldau.Runtime.Memory;
using Moldau.Storage;

namespace Moldau.Controller.Tests;

public sealed class StorageFormatterTests
{
    private const string Checkpoint = "data/__cluster_metadata-0/00000000000000000000-0000000000.checkpoint";

    private readonly MemoryDisk _disk = new();

    [Theory]
    [InlineData("clean-static", null)]
    [InlineData("clean-release-4.3", "4.3")]
    [InlineData("clean-standalone", null)]
    [InlineData("clean-initial", null)]
    public void A_directory_is_formatted_record_for_record_as_Kafka_does(string name, string? release)
    {
        Dictionary<string, byte[]> kafka = Golden(name);
        MetaProperties properties = MetaProperties.Parse("meta.properties", System.Text.Encoding.UTF8.GetString(kafka["data/meta.properties"]));
        List<RaftBatch> expected = RaftBatchCodec.Decode(kafka[Checkpoint]);
        string[] scram = name == "clean-initial" ? ScramOf(expected) : [];

        new StorageFormatter(_disk, TimeProvider.System, new CountingEntropy())
        {
            ClusterId = properties.ClusterId!,
            NodeId = 1,
            Directories = ["data"],
            MetadataDirectory = "data",
            ReleaseVersion = release,
            ScramArguments = scram,
            HasStaticVoters = name is "clean-static" or "clean-release-4.3",
            Standalone = name == "clean-standalone" ? new VoterEndpoint("CONTROLLER", "127.0.0.1", 21101) : null,
            InitialControllers = name == "clean-initial" ? InitialController.ParseAll($"1@127.0.0.1:21101:{properties.DirectoryId}") : null,
        }.Format();

        IReadOnlyList<RaftBatch> actual = SnapshotFiles.ReadBatches(_disk, Checkpoint);
        actual.Select(batch => (batch.BaseOffset, batch.LastOffset, batch.Epoch)).ShouldBe(expected.Select(batch => (batch.BaseOffset, batch.LastOffset, batch.Epoch)));
        actual[1].Records.Select(record => Convert.ToHexString(record.Span)).ShouldBe(expected[1].Records.Select(record => Convert.ToHexString(record.Span)));
        actual[0].Bytes.Length.ShouldBe(expected[0].Bytes.Length);
        MetaProperties written = MetaProperties.Read(_disk, "data")!;
        written.ClusterId.ShouldBe(properties.ClusterId);
        VoterSet? voters = actual[0].ControlRecords.OfType<RaftControlRecord.VotersChange>().SingleOrDefault()?.Set;
        (voters?.Find(1)?.Key.DirectoryId ?? written.DirectoryId).ShouldBe(written.DirectoryId);
    }

    [Fact]
    public void A_formatted_directory_is_refused_or_left_alone()
    {
        Static().Format().ShouldBe(["Formatting metadata directory data with metadata.version 4.4-IV2."]);
        MetaProperties? before = MetaProperties.Read(_disk, "data");

        Should.Throw<StorageFormatException>(() => Static().Format()).Message.ShouldBe(
            "Log directory data is already formatted. Use --ignore-formatted to ignore this directory and format the others.");
        Static(ignoreFormatted: true).Format().ShouldBe(["All of the log directories are already formatted."]);
        MetaProperties.Read(_disk, "data").ShouldBe(before);
    }

    [Theory]
    [InlineData("9.9", null, 0, "Unknown metadata.version '9.9'")]
    [InlineData("4.5-IV0", null, 0, "is not yet stable")]
    [InlineData("4.4", "metadata.version", 30, "Use --release-version instead of --feature metadata.version=X")]
    [InlineData(null, "no.such", 1, "Unsupported feature: no.such")]
    [InlineData(null, "group.version", 9, "No feature:group.version with feature level 9")]
    [InlineData(null, "kraft.version", 1, "Cannot set kraft.version to 1 unless")]
    public void What_cannot_be_is_refused_with_the_reason(string? release, string? feature, short level, string reason)
    {
        Dictionary<string, short> features = feature is null ? [] : new() { [feature] = level };

        Should.Throw<StorageFormatException>(() => Static(release, features).Format()).Message.ShouldContain(reason);
        _disk.DirectoryExists("data").ShouldBeFalse();
    }

    [Theory]
    [InlineData("SCRAM-SHA-1=[name=a,password=b]", "is not supported")]
    [InlineData("SCRAM-SHA-256=name=a", "start with [")]
    [InlineData("SCRAM-SHA-256=[password=b]", "supply 'name'")]
    [InlineData("SCRAM-SHA-256=[name=a]", "one of 'password' or 'saltedpassword'")]
    [InlineData("SCRAM-SHA-256=[name=a,password=b,iterations=1]", "must be >= 4096")]
    [InlineData("SCRAM-SHA-256=[name=a,password=b,x=1]", "Unknown SCRAM configurations: x")]
    public void A_wrong_user_is_refused_with_the_reason(string argument, string reason) =>
        Should.Throw<StorageFormatException>(() => ScramArgument.ToRecord(argument, new CountingEntropy())).Message.ShouldContain(reason);

    [Theory]
    [InlineData("1-host:1:AAAAAAAAAAAAAAAAAAAABQ", "No @ found")]
    [InlineData("1@host", "No colon following hostname")]
    [InlineData("1@host:9093", "No colon following port")]
    [InlineData("1@host:9093:xyz", "Failed to parse directory ID")]
    public void A_wrong_controller_is_refused_with_the_reason(string text, string reason) =>
        Should.Throw<StorageFormatException>(() => InitialController.ParseAll(text)).Message.ShouldContain(reason);

    private StorageFormatter Static(string? release = null, Dictionary<string, short>? features = null, bool ignoreFormatted = false) =>
        new(_disk, TimeProvider.System, new CountingEntropy())
        {
            ClusterId = "c", NodeId = 1, Directories = ["data"], MetadataDirectory = "data", HasStaticVoters = true, ReleaseVersion = release,
            Features = features ?? [], IgnoreFormatted = ignoreFormatted,
        };

    /// <summary>The users of a golden directory as arguments, with the salt that Kafka drew and the password its description tells.</summary>
    private static string[] ScramOf(List<RaftBatch> batches) =>
    [
        .. batches[1].Records.Select(MetadataRecordSerde.Read).Select(record => record.Message).OfType<UserScramCredentialRecord>().Select(user =>
            $"SCRAM-SHA-{(user.Mechanism == 1 ? 256 : 512)}=[name={user.Name},password=admin-secret,salt={Convert.ToBase64String(user.Salt.Span)},iterations={user.Iterations}]"),
    ];

    private static Dictionary<string, byte[]> Golden(string name)
    {
        string? root = AppContext.BaseDirectory;
        while (root is not null && !File.Exists(Path.Combine(root, "Moldau.slnx")))
        {
            root = Path.GetDirectoryName(root);
        }
        string path = Path.Combine(Path.GetDirectoryName(root) ?? "", "shared", "golden", "dirs", name + ".tar.gz");
        Assert.SkipUnless(File.Exists(path), $"golden/dirs/{name}.tar.gz is not beside the repository, in ../shared");
        Dictionary<string, byte[]> files = [];
        using var tar = new TarReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress));
        while (tar.GetNextEntry() is { } entry)
        {
            if (entry.DataStream is { } data)
            {
                var bytes = new MemoryStream();
                data.CopyTo(bytes);
                files.Add(entry.Name.TrimStart('.', '/'), bytes.ToArray());
            }
        }
        return files;
    }

    private sealed class CountingEntropy : IEntropy
    {
        private byte _next;

        public void Fill(Span<byte> destination)
        {
            foreach (ref byte value in destination)
            {
                value = ++_next;
            }
        }
    }
}
