using System.Globalization;

namespace Moldau.Configuration;

/// <summary>Reads the entries of the quorum keys. Throws <see cref="ConfigurationException"/> with Apache Kafka's words.</summary>
internal static class QuorumParser
{
    public static QuorumVoter Voter(string entry)
    {
        const string Form = "Each entry should be in the form `{id}@{host}:{port}`.";
        string[] parts = entry.Split('@');
        if (parts.Length != 2)
        {
            throw new ConfigurationException($"Invalid configuration value for controller.quorum.voters: {entry}. {Form}");
        }

        if (!int.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int id))
        {
            throw new ConfigurationException($"Failed to parse voter ID as an integer from {parts[0]} in controller.quorum.voters. {Form}");
        }

        return HostPort.TryParse(parts[1], out HostPort? address)
            ? new QuorumVoter(id, address.Host, address.Port)
            : throw new ConfigurationException($"Failed to parse host and port from entry {entry} for the configuration controller.quorum.voters. {Form}");
    }

    public static HostPort BootstrapServer(string entry) => HostPort.TryParse(entry, out HostPort? address)
        ? address
        : throw new ConfigurationException(
            $"Failed to parse host name from {entry} for the configuration controller.quorum.bootstrap.servers. Each entry should be in the form \"{{host}}:{{port}}\"");
}
