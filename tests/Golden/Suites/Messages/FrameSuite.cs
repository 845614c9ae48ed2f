using System.Text.Json;
using Moldau.Protocol;
using Moldau.Protocol.Api;

namespace Moldau.Golden.Suites.Messages;

/// <summary>Whole frames of requests and responses: size, header, body.</summary>
public sealed class FrameSuite() : JsonLineSuite("frames")
{
    protected override string? Compare(JsonElement line)
    {
        short version = line.GetProperty("version").GetInt16();
        ApiInfo api = ApiCatalog.Get((ApiKey)line.GetProperty("apiKey").GetInt16());
        byte[] frame = line.Hex("hex");
        var reader = new MessageReader(frame);
        string? difference = Same("size", reader.ReadInt32(), frame.Length - RequestFrame.SizeBytes)
            ?? (line.Text("kind") == "request" ? CompareRequest(line, api, version, ref reader) : CompareResponse(line, api, version, ref reader));
        return difference is null ? null : $"{line.Text("name")} {version}: {difference}";
    }

    private static string? CompareRequest(JsonElement line, ApiInfo api, short version, ref MessageReader reader)
    {
        JsonElement json = MessageText.WithUnknownTags(line);
        RequestHeader header = RequestFrame.ReadHeader(ref reader, out ApiInfo found);
        IRequest body = api.ReadRequest(ref reader, version);
        string? difference = Same("API", api.Key, found.Key)
            ?? Same("header version", line.Int("headerVersion"), api.RequestHeaderVersion(version))
            ?? Same("version", version, header.RequestApiVersion)
            ?? Same("correlation id", line.Int("correlationId"), header.CorrelationId)
            ?? Same("client id", line.TextOrNull("clientId") ?? "", header.ClientId)
            ?? Same("bytes left over", 0, reader.Remaining)
            ?? MessageText.Same("JSON", json, MessageText.JsonOf(body, version));
        if (difference is not null)
        {
            return difference;
        }
        header.ClientId = line.TextOrNull("clientId");
        header.UnknownTaggedFields = HeaderTags(line);
        var writer = new MessageWriter();
        RequestFrame.Write(ref writer, header, body);
        return Same("hex", line.Text("hex"), MessageText.HexOf(ref writer));
    }

    private static string? CompareResponse(JsonElement line, ApiInfo api, short version, ref MessageReader reader)
    {
        JsonElement json = MessageText.WithUnknownTags(line);
        ResponseHeader header = ResponseFrame.ReadHeader(ref reader, api, version);
        IResponse body = api.ReadResponse(ref reader, version);
        string? difference = Same("header version", line.Int("headerVersion"), api.ResponseHeaderVersion(version))
            ?? Same("correlation id", line.Int("correlationId"), header.CorrelationId)
            ?? Same("bytes left over", 0, reader.Remaining)
            ?? MessageText.Same("JSON", json, MessageText.JsonOf(body, version));
        if (difference is not null)
        {
            return difference;
        }
        var again = new ResponseHeader { CorrelationId = header.CorrelationId, UnknownTaggedFields = HeaderTags(line) };
        var writer = new MessageWriter();
        ResponseFrame.Write(ref writer, again, body, version);
        return Same("hex", line.Text("hex"), MessageText.HexOf(ref writer));
    }

    private static List<RawTaggedField>? HeaderTags(JsonElement line) =>
        line.TryGetProperty("headerUnknownTags", out JsonElement tags)
            ? tags.EnumerateArray().Select(tag => new RawTaggedField(tag.Int("tag"), tag.Hex("hex"))).ToList()
            : null;
}
