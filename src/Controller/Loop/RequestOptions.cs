namespace Moldau.Controller;

/// <summary>What the controller is told of a request besides its body.</summary>
/// <param name="ApiVersion">The version of the request.</param>
/// <param name="Principal">Who asks, as <c>User:name</c>.</param>
/// <param name="TimeoutMs">How long the answer may take; a request that waited longer in the queue is not begun.</param>
/// <param name="MayDescribeConfigs">Whether the answer to CreateTopics may name the configuration of a topic; null allows all.</param>
public sealed record RequestOptions(
    short ApiVersion = 0, string Principal = "User:ANONYMOUS", int TimeoutMs = 60_000, Predicate<string>? MayDescribeConfigs = null)
{
    public static readonly RequestOptions Default = new();
}
