using System.Text;
using Moldau.Configuration;
using Moldau.Runtime;

namespace Moldau.Cli;

/// <summary>Files that options name, read whole.</summary>
internal static class ClientFile
{
    /// <summary>The bytes of a file.</summary>
    /// <exception cref="CliException">It cannot be read.</exception>
    public static byte[] Read(IDisk disk, string option, string path)
    {
        try
        {
            using IDiskFile file = disk.Open(path, DiskOpenMode.Read);
            byte[] bytes = new byte[file.Length];
            int read = 0;
            while (read < bytes.Length && file.Read(bytes.AsSpan(read), read) is > 0 and int more)
            {
                read += more;
            }

            return bytes[..read];
        }
        catch (DiskException exception)
        {
            throw CliException.Usage($"{option} {path}: {exception.Message}");
        }
    }

    /// <summary>A text file.</summary>
    public static string ReadText(IDisk disk, string option, string path) => Encoding.UTF8.GetString(Read(disk, option, path));

    /// <summary>A file of properties as Kafka's tools take them.</summary>
    public static Dictionary<string, string> ReadProperties(IDisk disk, string option, string path)
    {
        try
        {
            return PropertiesReader.Read(Read(disk, option, path));
        }
        catch (ConfigurationException exception)
        {
            throw CliException.Usage($"{option} {path}: {exception.Message}");
        }
    }

    /// <summary><c>key=value</c> of the command line.</summary>
    public static KeyValuePair<string, string> Pair(string option, string text)
    {
        int equals = text.IndexOf('=');
        return equals > 0
            ? new KeyValuePair<string, string>(text[..equals].Trim(), text[(equals + 1)..])
            : throw CliException.Usage($"{option} {text}: it must be KEY=VALUE");
    }

    /// <summary>The keys of a file, when one is named, and over them those of the command line.</summary>
    public static Dictionary<string, string> Merge(IDisk disk, string fileOption, string? file, string option, string[]? texts)
    {
        Dictionary<string, string> all = file is null ? new(StringComparer.Ordinal) : ReadProperties(disk, fileOption, file);
        foreach ((string key, string value) in (texts ?? []).Select(text => Pair(option, text)))
        {
            all[key] = value;
        }

        return all;
    }
}
