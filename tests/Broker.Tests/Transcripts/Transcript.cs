using System.Text;
using System.Text.RegularExpressions;
using Moldau.Protocol;

namespace Moldau.Broker.Tests;

/// <summary>What clients and a node said to each other, as readable text: a line for each request (<c>&gt;</c>) and answer (<c>&lt;</c>) in their order, with what differs from run to run named by its turn.</summary>
internal sealed partial class Transcript(string title)
{
    private readonly StringBuilder _text = new(title + "\n");
    private readonly Dictionary<string, string> _names = [];

    /// <summary>A request and its answer.</summary>
    public async Task<TResponse> CallAsync<TResponse>(string who, NodeClient client, IRequest request, short version)
        where TResponse : class, IResponse, IMessage<TResponse>
    {
        await SendAsync(who, client, request, version);
        return await ReceiveAsync<TResponse>(who, client, request.ApiKey, version);
    }

    public Task SendAsync(string who, NodeClient client, IRequest request, short version)
    {
        Line($"{who} > {request.ApiKey} v{version} {request.ToJson(version)}");
        return client.SendAsync(request, version);
    }

    public async Task<TResponse> ReceiveAsync<TResponse>(string who, NodeClient client, ApiKey key, short version)
        where TResponse : class, IResponse, IMessage<TResponse>
    {
        var response = await client.ReceiveAsync<TResponse>(key, version);
        Line($"{who} < {key} {response.ToJson(version)}");
        return response;
    }

    public void Say(string text) => _text.Append("\n# ").Append(text).Append('\n');

    /// <summary>Compares with the file of that name.</summary>
    public async Task ShouldBeAsync(string file)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Transcripts", file);
        var known = File.Exists(path) ? await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken) : "";
        var said = Path.ChangeExtension(path, ".said");
        Directory.CreateDirectory(Path.GetDirectoryName(said)!);
        await File.WriteAllTextAsync(said, _text.ToString(), TestContext.Current.CancellationToken);
        _text.ToString().ShouldBe(known.ReplaceLineEndings("\n"), $"where this is right, copy {said} over tests/Broker.Tests/Transcripts/{file}");
    }

    private void Line(string line)
    {
        line = Unique().Replace(line, match => Name(match.Value));
        line = TopicId().Replace(line, match => Name(match.Value));
        line = Time().Replace(line, "\"TIME\"");
        _text.Append(line).Append('\n');
    }

    private string Name(string value)
    {
        if (!_names.TryGetValue(value, out var name))
        {
            _names.Add(value, name = $"ID-{_names.Count + 1}");
        }

        return name;
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", RegexOptions.ExplicitCapture)]
    private static partial Regex Unique();

    [GeneratedRegex("(?<=\"topicId\":\")(?!A{22})[A-Za-z0-9_-]{22}(?=\")", RegexOptions.ExplicitCapture)]
    private static partial Regex TopicId();

    [GeneratedRegex("(?<=\"transactionStartTimeMs\":)[1-9][0-9]*", RegexOptions.ExplicitCapture)]
    private static partial Regex Time();
}
