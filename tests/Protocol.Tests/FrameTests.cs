using Moldau.Protocol.Api;
using Moldau.Protocol.Coordination;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Protocol.Tests;

/// <summary>Frames of requests, responses and records.</summary>
public class FrameTests
{
    [Fact]
    public void A_response_to_ApiVersions_has_the_oldest_header_in_every_version()
    {
        ApiInfo api = ApiCatalog.Get(ApiKey.ApiVersions);
        for (short version = api.LowestVersion; version <= api.HighestVersion; version++)
        {
            api.ResponseHeaderVersion(version).ShouldBe((short)0);
        }
        api.RequestHeaderVersion(3).ShouldBe((short)2);
    }

    [Fact]
    public void The_header_of_a_version_that_does_not_exist_is_still_read()
    {
        var header = new RequestHeader { RequestApiKey = ApiKey.ApiVersions, RequestApiVersion = 99, CorrelationId = 5, ClientId = null };
        var reader = new MessageReader(AnyMessage.Write(header, 2));
        RequestHeader read = RequestFrame.ReadHeader(ref reader, out ApiInfo api);
        read.CorrelationId.ShouldBe(5);
        read.ClientId.ShouldBe("");
        api.Has(read.RequestApiVersion).ShouldBeFalse();
    }

    [Fact]
    public void An_unknown_api_is_refused()
    {
        byte[] header = [0x03, 0xE7, 0, 0, 0, 0, 0, 1, 0xFF, 0xFF];
        Should.Throw<ProtocolException>(() =>
        {
            var reader = new MessageReader(header);
            RequestFrame.ReadHeader(ref reader, out _);
        }).Message.ShouldContain("999");
    }

    [Fact]
    public void Keys_of_unknown_record_types_are_told_apart_from_malformed_ones()
    {
        RecordFrame.TryReadKey(MessageKind.GroupKey, new byte[] { 0x03, 0xE7, 1 }, out short type, out ICoordinatorKey? key).ShouldBeFalse();
        type.ShouldBe((short)999);
        key.ShouldBeNull();
        Should.Throw<ProtocolException>(() => RecordFrame.TryReadKey(MessageKind.GroupKey, new byte[] { 0 }, out _, out _));
        Should.Throw<ProtocolException>(() => RecordFrame.TryReadKey(MessageKind.GroupKey, new byte[] { 0, (byte)OffsetCommitKey.RecordType, 0 }, out _, out _));
    }

    [Fact]
    public void Bytes_left_over_after_a_metadata_record_are_an_error()
    {
        var writer = new MessageWriter();
        RecordFrame.WriteMetadata(ref writer, new TopicRecord { Name = "t", TopicId = new Core.Uuid(3, 4) }, 0);
        byte[] bytes = writer.ToArray();
        writer.Dispose();
        ((TopicRecord)RecordFrame.ReadMetadata(bytes, out short version)).Name.Value.ShouldBe("t");
        version.ShouldBe((short)0);
        Should.Throw<ProtocolException>(() => RecordFrame.ReadMetadata((byte[])[.. bytes, 0], out _)).Message.ShouldContain("left over");
        Should.Throw<ProtocolException>(() => RecordFrame.ReadMetadata(new byte[] { 0, 2, 0 }, out _)).Message.ShouldContain("frame version");
    }
}
