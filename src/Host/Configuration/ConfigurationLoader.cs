using System.Collections;
using Moldau.Configuration;
using Moldau.Runtime;

namespace Moldau.Host;

/// <summary>
/// Brings together what an operator says. In order of precedence: --override on the command line, the file, MOLDAU_* in the environment, and without a file the defaults of
/// <see cref="NodeDefaults"/>.
/// </summary>
internal static class ConfigurationLoader
{
    private const string EnvironmentPrefix = "MOLDAU_";

    /// <summary>Throws <see cref="ConfigurationException"/>; its message is for the operator.</summary>
    public static LoadedConfiguration Load(string? file, IReadOnlyList<string> overrides, IDictionary environment, IDisk disk)
    {
        Dictionary<string, string> given = FromEnvironment(environment);
        if (file is not null)
        {
            foreach ((string name, string value) in ReadProperties(disk, file))
            {
                given[name] = value;
            }
        }

        foreach (string text in overrides)
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new ConfigurationException($"--override {text}: it must be KEY=VALUE");
            }

            given[text[..equals].Trim()] = text[(equals + 1)..];
        }

        var variables = new ConfigVariables(name => environment[name] as string, path => disk.FileExists(path) ? ReadFile(disk, path) : null);
        IReadOnlyDictionary<string, string> resolved = variables.Resolve(given);
        Dictionary<string, string> all = file is null ? NodeDefaults.Under(resolved) : new Dictionary<string, string>(resolved, StringComparer.Ordinal);
        Dictionary<string, string> builtIn = all.Where(p => !resolved.TryGetValue(p.Key, out string? value) || value != p.Value).ToDictionary();
        List<string> warnings = [];
        return new LoadedConfiguration(NodeConfiguration.Load(all, warnings, builtIn), warnings);
    }

    /// <summary>MOLDAU_LOG_DIRS is log.dirs.</summary>
    private static Dictionary<string, string> FromEnvironment(IDictionary environment)
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry entry in environment)
        {
            if (entry.Key is string name && name.StartsWith(EnvironmentPrefix, StringComparison.Ordinal) && entry.Value is string value)
            {
                string key = name[EnvironmentPrefix.Length..].Replace('_', '.').ToLowerInvariant();
                if (!ConfigTables.Broker.Contains(key) && !key.StartsWith("listener.name.", StringComparison.Ordinal) && !ConfigTables.Removed.ContainsKey(key))
                {
                    string? nearest = ConfigTables.Broker.Nearest(key);
                    throw new ConfigurationException($"Unknown configuration {key}, from {name} in the environment" + (nearest is null ? "" : $": did you mean {nearest}?"));
                }

                properties[key] = value;
            }
        }

        return properties;
    }

    private static Dictionary<string, string> ReadProperties(IDisk disk, string path)
    {
        try
        {
            return PropertiesReader.Read(ReadFile(disk, path));
        }
        catch (ConfigurationException exception)
        {
            throw new ConfigurationException($"{path}, {exception.Message}");
        }
        catch (DiskException exception)
        {
            throw new ConfigurationException($"cannot read the configuration file {path}: {exception.Message}");
        }
    }

    private static byte[] ReadFile(IDisk disk, string path)
    {
        using IDiskFile file = disk.Open(path, DiskOpenMode.Read);
        byte[] bytes = new byte[file.Length];
        int length = 0;
        while (length < bytes.Length && file.Read(bytes.AsSpan(length), length) is > 0 and int read)
        {
            length += read;
        }

        return bytes[..length];
    }
}
