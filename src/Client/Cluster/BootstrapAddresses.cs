using System.Buffers.Binary;
using Moldau.Configuration;
using Moldau.Runtime;

namespace Moldau.Client;

/// <summary>The addresses of <c>bootstrap.servers</c> or <c>bootstrap.controllers</c>.</summary>
internal static class BootstrapAddresses
{
    /// <summary>Reads the list.</summary>
    /// <exception cref="ConfigurationException">It is empty, or an entry is no <c>host:port</c>.</exception>
    public static HostPort[] Parse(string key, string servers)
    {
        string[] entries = servers.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (entries.Length == 0)
        {
            throw new ConfigurationException($"{key} is empty: it needs at least one host:port");
        }

        return Array.ConvertAll(
            entries,
            entry => HostPort.TryParse(entry, out HostPort? address) ? address : throw new ConfigurationException($"{key} has '{entry}': it must be host:port, with a port from 1 to 65535"));
    }

    /// <summary>The same addresses in an order of chance, so that clients do not all ask the same broker.</summary>
    public static HostPort[] Shuffled(HostPort[] addresses, IEntropy entropy)
    {
        HostPort[] shuffled = [.. addresses];
        Span<byte> random = stackalloc byte[4];
        for (int i = shuffled.Length - 1; i > 0; i--)
        {
            entropy.Fill(random);
            int other = (int)(BinaryPrimitives.ReadUInt32LittleEndian(random) % (uint)(i + 1));
            (shuffled[i], shuffled[other]) = (shuffled[other], shuffled[i]);
        }

        return shuffled;
    }
}
