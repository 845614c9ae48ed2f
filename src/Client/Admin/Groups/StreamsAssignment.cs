namespace Moldau.Client;

/// <summary>The tasks of a member. Immutable.</summary>
/// <param name="ActiveTasks">Those that it runs.</param>
/// <param name="StandbyTasks">Those whose state it keeps ready.</param>
/// <param name="WarmupTasks">Those whose state it gets ready to run them.</param>
public sealed record StreamsAssignment(IReadOnlyList<StreamsTasks> ActiveTasks, IReadOnlyList<StreamsTasks> StandbyTasks, IReadOnlyList<StreamsTasks> WarmupTasks);
