namespace Moldau.Client;

/// <summary>The cluster and its nodes. Immutable.</summary>
/// <param name="ClusterId">Its id.</param>
/// <param name="Controller">Who stands for the controller: of brokers, one that passes requests on; of controllers, the active one. Null when there is none.</param>
/// <param name="Nodes">The brokers; the controllers when <see cref="AdminOptions.BootstrapControllers"/> were asked.</param>
/// <param name="AuthorizedOperations">What this client may do with the cluster; null when that was not asked for.</param>
public sealed record ClusterDescription(string? ClusterId, Node? Controller, IReadOnlyList<Node> Nodes, IReadOnlySet<AclOperation>? AuthorizedOperations);
