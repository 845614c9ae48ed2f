namespace Moldau.Host;

/// <summary>What the line of <c>moldau start</c> asks for.</summary>
/// <param name="File">The configuration file; null for a node on its defaults.</param>
/// <param name="Overrides">KEY=VALUE, the last of a key counts.</param>
/// <param name="Format">Whether an empty directory is formatted.</param>
internal sealed record StartLine(string? File, string[] Overrides, bool Format)
{
    public const string AsJson = "log.json=true";

    /// <summary>
    /// Reads a line in its usual form: the command, then options as they are written in the help. Null for every other line, help and mistakes among them: those are for the
    /// parser, and to build that takes a tenth of a start.
    /// </summary>
    public static StartLine? Read(ReadOnlySpan<string> line)
    {
        if (line.Length == 0 || line[0] != "start")
        {
            return null;
        }

        string? file = null;
        List<string> overrides = [];
        bool format = true;
        bool asJson = false;
        for (int i = 1; i < line.Length; i++)
        {
            string? value = i + 1 < line.Length && line[i + 1].Length > 0 && line[i + 1][0] is not ('-' or '@') ? line[i + 1] : null;
            switch (line[i])
            {
                case "--config" or "-c" when value is not null && file is null:
                    file = value;
                    i++;
                    break;
                case "--override" when value is not null:
                    overrides.Add(value);
                    i++;
                    break;
                case "--no-format" when format && value is null:
                    format = false;
                    break;
                case "--log-json" when !asJson && value is null:
                    asJson = true;
                    break;
                default:
                    return null;
            }
        }

        if (asJson)
        {
            overrides.Add(AsJson);
        }

        return new StartLine(file, [.. overrides], format);
    }

    public Task<int> RunAsync(ProgramContext context) => NodeRun.RunAsync(context, File, Overrides, Format);
}
