using System.Text.Json;
using Moldau.Security;

namespace Moldau.Golden;

/// <summary>Names of users and clients, made safe and back.</summary>
public sealed class SanitizerSuite() : JsonLineSuite("sanitizer")
{
    /// <inheritdoc/>
    protected override string? Compare(JsonElement line)
    {
        var text = line.Text("text");
        return Same("sanitized", line.Text("sanitized"), Sanitizer.Sanitize(text))
            ?? Same("quoted", line.Text("jmx"), Sanitizer.Quote(text))
            ?? Same("readable", true, Sanitizer.TryDesanitize(line.Text("sanitized"), out var back))
            ?? Same("back", line.Text("back"), back);
    }
}
