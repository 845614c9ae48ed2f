using Moldau.Configuration;

namespace Moldau.Host;

/// <summary>The configuration of a node with the warnings that reading it gave, one line each.</summary>
internal sealed record LoadedConfiguration(NodeConfiguration Node, IReadOnlyList<string> Warnings);
