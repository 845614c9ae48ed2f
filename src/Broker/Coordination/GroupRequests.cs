using System.Net;
using System.Net.Sockets;
using Moldau.Coordination;
using Moldau.Core;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>What group handlers have in common. Stateless.</summary>
internal static class GroupRequests
{
    /// <summary>Who sent a request, in the form that group records keep.</summary>
    public static GroupRequest SenderOf(RequestContext context) => new(context.ClientId, JavaText(context.ClientAddress), context.ApiVersion);

    /// <summary>What becomes of a topic whose offsets are committed, as a whole; without an error <paramref name="known"/> is it.</summary>
    public static ErrorCode Judge(RequestContext context, MetadataImage image, bool isById, Uuid id, TopicName name, out TopicImage? known)
    {
        known = isById ? image.Topics.Find(id) : image.Topics.Find(name);
        return isById && known is null ? ErrorCode.UnknownTopicId
            : !context.May(AclOperation.Read, ResourceType.Topic, known?.Name ?? name) ? ErrorCode.TopicAuthorizationFailed
            : known is null ? ErrorCode.UnknownTopicOrPartition
            : ErrorCode.None;
    }

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
