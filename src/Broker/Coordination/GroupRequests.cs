using System.Net;
using System.Net.Sockets;
using Moldau.Coordination;

namespace Moldau.Broker;

/// <summary>What group handlers have in common. Stateless.</summary>
internal static class GroupRequests
{
    /// <summary>Who sent a request, in the form that group records keep.</summary>
    public static GroupRequest SenderOf(RequestContext context) => new(context.ClientId, JavaText(context.ClientAddress), context.ApiVersion);

    /// <summary>An address as Java writes it: a slash where a host's name would be, IPv6 in full.</summary>
    private static string JavaText(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            address = address.MapToIPv4();
        }

        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return $"/{address}";
        }

        var bytes = address.GetAddressBytes();
        var groups = new string[8];
        for (var index = 0; index < groups.Length; index++)
        {
            groups[index] = $"{(bytes[2 * index] << 8) | bytes[(2 * index) + 1]:x}";
        }

        return $"/{string.Join(':', groups)}";
    }
}
