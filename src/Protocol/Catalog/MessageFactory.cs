namespace Moldau.Protocol;

/// <summary>Reads one message of a type that is chosen by key.</summary>
/// <exception cref="ProtocolException">The bytes are not such a message, or the version does not exist.</exception>
public delegate T MessageFactory<out T>(ref MessageReader reader, short version)
    where T : IMessage;
