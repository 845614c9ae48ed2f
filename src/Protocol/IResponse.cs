namespace Moldau.Protocol;

/// <summary>A response.</summary>
public interface IResponse : IApiMessage;
