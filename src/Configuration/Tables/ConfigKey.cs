namespace Moldau.Configuration;

/// <summary>One row of a configuration table. Immutable; safe from any thread.</summary>
public sealed class ConfigKey
{
    /// <summary>The name as it stands in a file or a request.</summary>
    public required string Name { get; init; }

    public required ConfigType Type { get; init; }

    /// <summary>The default as text; null when the default is null or there is none.</summary>
    public required string? Default { get; init; }

    /// <summary>True when there is no default: a value must be given.</summary>
    public required bool IsRequired { get; init; }

    /// <summary>What values are good; checks parsed values.</summary>
    public required ConfigValidator Validator { get; init; }

    public required ConfigImportance Importance { get; init; }

    /// <summary>Internal keys are not described unless they are set.</summary>
    public required bool IsInternal { get; init; }

    /// <summary>Broker keys only.</summary>
    public required ConfigUpdateMode UpdateMode { get; init; }

    /// <summary>
    /// Of a broker key: it and its synonyms in order of precedence. Of a topic or group key: the broker keys that give its default, in order of precedence.
    /// Of a quota: the entities it may be set for.
    /// </summary>
    public required IReadOnlyList<string> BrokerKeys { get; init; }

    /// <summary>True for keys that Apache Kafka does not have.</summary>
    public required bool IsOurs { get; init; }

    public required ConfigStatus Status { get; init; }

    /// <summary>What the status means here; empty when there is nothing to say.</summary>
    public required string Note { get; init; }

    /// <summary>One sentence or two that say what the key does.</summary>
    public required string Documentation { get; init; }

    /// <summary>The default, parsed; null when there is none.</summary>
    public object? DefaultValue { get; private set; }

    /// <summary>Values of sensitive keys are never shown or logged.</summary>
    public bool IsSensitive => Type == ConfigType.Password;

    /// <summary>True when a broker's value can be changed while it runs.</summary>
    public bool IsDynamic => UpdateMode != ConfigUpdateMode.ReadOnly;

    internal void ParseDefault()
    {
        if (Default is null)
        {
            return;
        }

        DefaultValue = ConfigParser.TryParse(this, Default, out object? value, out string? error)
            ? value
            : throw new ConfigurationException($"the table's default of {Name} is wrong: {error}");
    }
}
