namespace Moldau.Protocol;

/// <summary>
/// Bytes (or JSON) that are not the message they are said to be, or a message that the wire cannot carry. It is the only exception that reading and
/// writing messages throw; a broker answers it by closing the connection.
/// </summary>
public class ProtocolException : Exception
{
    public ProtocolException(string message)
        : base(message)
    {
    }

    public ProtocolException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
