using Moldau.Broker.Views;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Security;

namespace Moldau.Broker;

/// <summary>DescribeCluster: brokers with their endpoints on the client's listener (endpoint type 1), or controllers (type 2, KIP-919). v2 shows fenced brokers when asked (KIP-1073).</summary>
public sealed class DescribeClusterHandler(MetadataLoader loader, NodeIdentity identity)
    : RequestHandler<DescribeClusterRequest, DescribeClusterResponse>(ApiKey.DescribeCluster)
{
    private static readonly AuthorizationRequirement Required = AuthorizationRequirement.Of(new AuthorizationRule(AclOperation.Describe, ResourceType.Cluster, "for the field of authorized operations"));

    private const sbyte Brokers = 1;
    private const sbyte Controllers = 2;

    public override AuthorizationRequirement Authorization => Required;

    protected override ValueTask<DescribeClusterResponse?> HandleAsync(RequestContext context, DescribeClusterRequest request)
    {
        var expected = context.Listener.Kind == ListenerKind.Broker ? Brokers : Controllers;
        if (request.EndpointType != expected)
        {
            var known = request.EndpointType is Brokers or Controllers;
            return new(ErrorResponse(
                request,
                known ? ErrorCode.MismatchedEndpointType : ErrorCode.UnsupportedEndpointType,
                known
                    ? $"The request was sent to an endpoint of type {Name(expected)}, but we wanted an endpoint of type {Name(request.EndpointType)}"
                    : $"Unsupported endpoint type {request.EndpointType}"));
        }

        var image = loader.Image;
        var response = new DescribeClusterResponse { ClusterId = identity.ClusterId, EndpointType = request.EndpointType, ControllerId = identity.NodeId };
        if (request.EndpointType == Brokers)
        {
            AddBrokers(context, request, image, response);
        }
        else
        {
            AddControllers(context, image, response);
        }

        if (request.IncludeClusterAuthorizedOperations)
        {
            response.ClusterAuthorizedOperations = context.May(AclOperation.Describe, ResourceType.Cluster, ResourceNames.Cluster)
                ? AuthorizedOperations.OfCluster(context)
                : 0;
        }

        return new(response);
    }

    protected override DescribeClusterResponse ErrorResponse(DescribeClusterRequest request, ErrorCode error, string? message) => new()
    {
        ErrorCode = error,
        ErrorMessage = message,
        ClusterId = "",
    };

    protected override void SetThrottleTime(DescribeClusterResponse response, int throttleMs) => response.ThrottleTimeMs = throttleMs;

    private static string Name(sbyte endpointType) => endpointType == Brokers ? "BROKER" : "CONTROLLER";

    private static void AddBrokers(RequestContext context, DescribeClusterRequest request, MetadataImage image, DescribeClusterResponse response)
    {
        foreach (var broker in image.Cluster.Brokers.Values)
        {
            if ((!broker.Fenced || request.IncludeFencedBrokers) && broker.Listener(context.Listener.Name) is { } endpoint)
            {
                response.Brokers.Add(new() { BrokerId = broker.Id, Host = endpoint.Host, Port = endpoint.Port, Rack = broker.Rack, IsFenced = broker.Fenced });
            }
        }
    }

    private static void AddControllers(RequestContext context, MetadataImage image, DescribeClusterResponse response)
    {
        foreach (var controller in image.Cluster.Controllers.Values)
        {
            foreach (var endpoint in controller.Listeners)
            {
                if (endpoint.Name == context.Listener.Name)
                {
                    response.Brokers.Add(new() { BrokerId = controller.Id, Host = endpoint.Host, Port = endpoint.Port });
                }
            }
        }
    }
}
