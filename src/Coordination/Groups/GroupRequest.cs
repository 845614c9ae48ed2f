namespace Moldau.Coordination;

/// <summary>Who sent a request of a group, as its records tell it.</summary>
/// <param name="ClientId">The client's id.</param>
/// <param name="ClientHost">Its address, with a slash before it as Java writes it: <c>/127.0.0.1</c>.</param>
/// <param name="ApiVersion">The version of its request.</param>
public readonly record struct GroupRequest(string ClientId, string ClientHost, short ApiVersion);
