namespace Moldau.Cli;

/// <summary>A group and what it has not read yet.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Type">consumer, classic, share or streams.</param>
/// <param name="State">Its state as the coordinator names it.</param>
/// <param name="Members">How many members it has.</param>
/// <param name="Lag">Records behind its committed offsets, over all its partitions.</param>
/// <param name="MostLagging">The partition with the largest part of it.</param>
internal sealed record GroupFacts(string Id, string Type, string State, int Members, long Lag, string? MostLagging);
