namespace Moldau.Storage;

/// <summary>Where an inspection writes what it reads and what it finds wrong.</summary>
internal sealed record InspectionReport(Action<string> Line, Action<string> Problem, bool WithRecords);
