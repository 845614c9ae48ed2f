using System.CommandLine;

namespace Moldau.Cli;

/// <summary>A command that shows how it is used: its help ends with examples.</summary>
internal sealed class CliCommand : Command
{
    public CliCommand(string name, string description, params string[] examples)
        : base(name, description) => Examples = examples;

    /// <summary>Whole command lines, as somebody would type them.</summary>
    public IReadOnlyList<string> Examples { get; }

    /// <summary>Its options of the cluster; null when it does not talk to one.</summary>
    public ClusterOptions? Cluster { get; set; }
}
