namespace Moldau.Controller;

/// <summary>A broker that may be given replicas. Fenced ones come last.</summary>
public readonly record struct UsableBroker(int Id, string? Rack, bool Fenced);
