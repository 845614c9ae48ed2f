using System.Globalization;

namespace Moldau.Cli;

/// <summary>Ids of brokers as Kafka's scripts list them: <c>--broker-list 0,1,2</c>. Pure.</summary>
internal static class BrokerIds
{
    /// <summary>All ids, each once; none when nothing was given.</summary>
    /// <exception cref="CliException">One of them is no number.</exception>
    public static int[] Parse(IEnumerable<string> texts) =>
    [
        .. texts.SelectMany(text => text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            .Select(id => int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : throw CliException.Usage($"--broker-list: '{id}' is no broker id; it must be like 1,2,3"))
            .Distinct(),
    ];
}
