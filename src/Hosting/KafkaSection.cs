using Microsoft.Extensions.Configuration;

namespace Moldau.Hosting;

/// <summary>A section of configuration as properties by Kafka's names.</summary>
internal static class KafkaSection
{
    /// <summary>The values of the section; names of nested sections join with dots, so that <c>linger.ms</c> and <c>linger: { ms }</c> are the same.</summary>
    public static Dictionary<string, string> Properties(IConfigurationSection section)
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        Add(section, "", properties);
        return properties;
    }

    private static void Add(IConfigurationSection section, string prefix, Dictionary<string, string> properties)
    {
        foreach (IConfigurationSection child in section.GetChildren())
        {
            string name = prefix + child.Key;
            if (child.Value is { } value)
            {
                properties[name] = value;
            }

            Add(child, name + ".", properties);
        }
    }
}
