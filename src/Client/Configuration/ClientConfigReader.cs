using Microsoft.Extensions.Logging;
using Moldau.Configuration;

namespace Moldau.Client;

/// <summary>Values by Kafka's names, checked against a table. Made and used by one thread.</summary>
internal sealed partial class ClientConfigReader
{
    private readonly Dictionary<string, object?> _set = new(StringComparer.Ordinal);
    private readonly ConfigTable _table;

    /// <param name="table">The keys that there are.</param>
    /// <param name="properties">Names and values, as in a properties file.</param>
    /// <param name="log">Hears of keys that have no effect here.</param>
    /// <exception cref="ConfigurationException">A key is unknown, its value is wrong, or leaving it without effect would break a promise.</exception>
    public ClientConfigReader(ConfigTable table, IEnumerable<KeyValuePair<string, string>> properties, ILogger log)
    {
        _table = table;
        foreach ((string name, string text) in properties)
        {
            if (!table.TryGet(name, out ConfigKey? key))
            {
                throw new ConfigurationException($"{name} is not known{(table.Nearest(name) is { } nearest ? $": is {nearest} meant?" : "")}");
            }

            if (!ConfigParser.TryParse(key, text, out object? value, out string? error))
            {
                throw new ConfigurationException(error);
            }

            bool isDefault = ConfigParser.Format(value) == ConfigParser.Format(key.DefaultValue) || (key.DefaultValue is null && value is "");
            if (key.Status == ConfigStatus.Refused && !isDefault)
            {
                throw new ConfigurationException($"{name} cannot be set: {key.Note}");
            }

            if (key.Status == ConfigStatus.Accepted && !isDefault)
            {
                LogWithoutEffect(log, name, key.Note);
            }

            _set[name] = value;
        }
    }

    /// <summary>Whether the key was given.</summary>
    public bool IsSet(string name) => _table.Contains(name) && _set.ContainsKey(name);

    /// <summary>The value, or the default of the table.</summary>
    public T Get<T>(string name) => (T)(_set.TryGetValue(name, out object? value) ? value : _table[name].DefaultValue)!;

    /// <summary>A text; null when there is none.</summary>
    public string? Text(string name) => (_set.TryGetValue(name, out object? value) ? value : _table[name].DefaultValue) as string is { Length: > 0 } text ? text : null;

    /// <summary>A time in milliseconds, of either size of number.</summary>
    public TimeSpan Milliseconds(string name)
    {
        long milliseconds = Convert.ToInt64(_set.TryGetValue(name, out object? value) ? value : _table[name].DefaultValue, System.Globalization.CultureInfo.InvariantCulture);
        return milliseconds >= (long)TimeSpan.MaxValue.TotalMilliseconds ? TimeSpan.MaxValue : TimeSpan.FromMilliseconds(milliseconds);
    }

    /// <summary>A list as it would stand in a file.</summary>
    public string List(string name) => string.Join(',', Get<string[]>(name));

    [LoggerMessage(1, LogLevel.Warning, "{Key} has no effect: {Note}")]
    private static partial void LogWithoutEffect(ILogger log, string key, string note);
}
