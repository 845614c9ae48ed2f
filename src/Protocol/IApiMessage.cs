namespace Moldau.Protocol;

/// <summary>A request or a response: the body of a frame.</summary>
public interface IApiMessage : IMessage
{
    /// <summary>The API it belongs to.</summary>
    ApiKey ApiKey { get; }
}
