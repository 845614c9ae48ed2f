namespace Moldau.ProtocolGen.Schema;

/// <summary>What a message is for; the first word of its schema.</summary>
public enum MessageKind
{
    Request,
    Response,
    Header,
    Data,
    Record,
    CoordinatorKey,
    CoordinatorValue,
}
