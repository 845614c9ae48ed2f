using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Moldau.Host.Tests;

public class LineFormatTests
{
    private static readonly DateTimeOffset Time = new(2026, 11, 21, 10, 11, 12, 345, TimeSpan.Zero);

    [Fact]
    public void An_entry_is_one_line_whatever_is_in_it()
    {
        string line = LineFormat.Text(Time, LogLevel.Warning, "Moldau.Broker.Connections", "a\nb\u0007c", new InvalidOperationException("d\r\ne"));
        line.ShouldStartWith("2026-11-21 10:11:12.345 WARN  Connections: a\\nb\\u0007c | System.InvalidOperationException: d\\ne");
        line.Count(c => c == '\n').ShouldBe(1);
    }

    [Fact]
    public void As_JSON_an_entry_is_one_object()
    {
        string line = LineFormat.Json(Time, LogLevel.Error, "Moldau.Node", "a \"quoted\"\nword", new InvalidOperationException("why"));
        line.Count(c => c == '\n').ShouldBe(1);
        using JsonDocument json = JsonDocument.Parse(line);
        json.RootElement.GetProperty("time").GetString().ShouldBe("2026-11-21T10:11:12.345Z");
        json.RootElement.GetProperty("level").GetString().ShouldBe("ERROR");
        json.RootElement.GetProperty("category").GetString().ShouldBe("Moldau.Node");
        json.RootElement.GetProperty("message").GetString().ShouldBe("a \"quoted\"\nword");
        json.RootElement.GetProperty("exception").GetString()!.ShouldContain("why");
    }
}
