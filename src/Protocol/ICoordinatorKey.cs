namespace Moldau.Protocol;

/// <summary>The key of a coordinator's record; its type is written before it.</summary>
public interface ICoordinatorKey : IRecordMessage;
