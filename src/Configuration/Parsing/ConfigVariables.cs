using System.Text;

namespace Moldau.Configuration;

/// <summary>
/// Resolves <c>${provider:key}</c> and <c>${provider:path:key}</c> in values (KIP-297, 421, 632, 887). Of Apache Kafka's providers those for environment variables, property
/// files and directories are built in, under their Java class names; another class is refused. A variable of no known provider stays as it is, as in Apache Kafka.
/// </summary>
public sealed class ConfigVariables(Func<string, string?> environment, Func<string, byte[]?> readFile)
{
    private const string ProvidersKey = "config.providers";
    private const string Package = "org.apache.kafka.common.config.provider.";

    private enum Provider
    {
        Environment,
        File,
        Directory,
    }

    /// <summary>The properties with their variables resolved. Throws <see cref="ConfigurationException"/> for an unknown provider class and for what cannot be found.</summary>
    public IReadOnlyDictionary<string, string> Resolve(IReadOnlyDictionary<string, string> properties)
    {
        if (!properties.TryGetValue(ProvidersKey, out string? list) || list.Length == 0)
        {
            return properties;
        }

        var providers = new Dictionary<string, Provider>(StringComparer.Ordinal);
        foreach (string name in ConfigParser.SplitList(JavaText.Trim(list)))
        {
            string key = $"{ProvidersKey}.{name}.class";
            if (!properties.TryGetValue(key, out string? className))
            {
                throw new ConfigurationException($"Missing required configuration \"{key}\": it names the class of the provider {name}");
            }

            providers[name] = Trimmed(className) switch
            {
                Package + "EnvVarConfigProvider" => Provider.Environment,
                Package + "FileConfigProvider" => Provider.File,
                Package + "DirectoryConfigProvider" => Provider.Directory,
                _ => throw new ConfigurationException(
                    $"{key}={className} is refused: no Java runs here; {Package}EnvVarConfigProvider, FileConfigProvider and DirectoryConfigProvider are built in"),
            };
        }

        return properties.ToDictionary(p => p.Key, p => p.Key.StartsWith(ProvidersKey, StringComparison.Ordinal) ? p.Value : Replace(p.Key, p.Value, providers));
    }

    private static string Trimmed(string text) => JavaText.Trim(text);

    private string Replace(string key, string value, Dictionary<string, Provider> providers)
    {
        var result = new StringBuilder();
        int at = 0;
        while (at < value.Length)
        {
            int start = value.IndexOf("${", at, StringComparison.Ordinal);
            int end = start < 0 ? -1 : value.IndexOf('}', start);
            if (end < 0)
            {
                break;
            }

            string[] parts = value[(start + 2)..end].Split(':', 3);
            result.Append(value, at, start - at);
            result.Append(parts.Length > 1 && providers.TryGetValue(parts[0], out Provider provider)
                ? Look(key, provider, parts.Length == 3 ? parts[1] : "", parts[^1])
                : value[start..(end + 1)]);
            at = end + 1;
        }

        return result.Append(value, at, value.Length - at).ToString();
    }

    private string Look(string key, Provider provider, string path, string variable)
    {
        string? found = provider switch
        {
            Provider.Environment => environment(variable),
            Provider.File => readFile(path) is { } file && PropertiesReader.Read(file).TryGetValue(variable, out string? value) ? value : null,
            _ => readFile($"{path}/{variable}") is { } text ? Encoding.UTF8.GetString(text) : null,
        };
        string where = provider switch { Provider.Environment => "in the environment", Provider.File => $"in the file {path}", _ => $"as a file in {path}" };
        return found ?? throw new ConfigurationException($"{key}: there is no {variable} {where}");
    }
}
