namespace Moldau.Storage;

/// <summary>Where a batch lies in its segment's file.</summary>
internal readonly record struct BatchPosition(long BaseOffset, int Position, int Size);
