namespace Moldau.Protocol;

/// <summary>The value of a coordinator's record; its version is written before it.</summary>
public interface ICoordinatorValue : IRecordMessage;
