namespace Moldau.Protocol;

/// <summary>A request.</summary>
public interface IRequest : IApiMessage;
