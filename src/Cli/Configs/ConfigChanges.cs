using Moldau.Client;

namespace Moldau.Cli;

/// <summary>
/// Changes as kafka-configs writes them: <c>a=1,b=[x,y]</c>, with brackets around a value that has commas. Pure.
/// </summary>
internal static class ConfigChanges
{
    /// <summary>All changes of one command line, in the order in which they were given.</summary>
    public static IReadOnlyList<AlterConfigOp> Of(IEnumerable<string> added, IEnumerable<string> deleted, IEnumerable<string> appended, IEnumerable<string> subtracted)
    {
        var changes = new List<AlterConfigOp>();
        changes.AddRange(added.SelectMany(text => Pairs("--add-config", text)).Select(pair => AlterConfigOp.Set(pair.Key, pair.Value)));
        changes.AddRange(deleted.SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)).Select(AlterConfigOp.Delete));
        changes.AddRange(appended.SelectMany(text => Pairs("--append", text)).Select(pair => AlterConfigOp.Append(pair.Key, pair.Value)));
        changes.AddRange(subtracted.SelectMany(text => Pairs("--subtract", text)).Select(pair => AlterConfigOp.Subtract(pair.Key, pair.Value)));
        return changes;
    }

    /// <summary><c>a=1,b=[x,y]</c>.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Pairs(string option, string text)
    {
        var pairs = new List<KeyValuePair<string, string>>();
        int at = 0;
        while (at < text.Length)
        {
            int equals = text.IndexOf('=', at);
            if (equals <= at)
            {
                throw CliException.Usage($"{option} {text}: it must be KEY=VALUE,KEY=VALUE; a value with commas stands in brackets: KEY=[A,B]");
            }

            bool isBracketed = equals + 1 < text.Length && text[equals + 1] == '[';
            int close = isBracketed ? text.IndexOf(']', equals) : -1;
            int end = text.IndexOf(',', close < 0 ? equals : close);
            end = end < 0 ? text.Length : end;
            string value = close < 0 ? text[(equals + 1)..end] : text[(equals + 2)..close];
            pairs.Add(new KeyValuePair<string, string>(text[at..equals].Trim(), value.Trim()));
            at = end + 1;
        }

        return pairs;
    }
}
