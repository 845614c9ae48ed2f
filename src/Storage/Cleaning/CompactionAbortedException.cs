namespace Moldau.Storage;

/// <summary>The log was cut, moved or closed, or its policy changed, while it was compacted: what was done is dropped, and the log is looked at again later.</summary>
internal sealed class CompactionAbortedException : Exception
{
    public CompactionAbortedException()
        : base("the log changed while it was compacted")
    {
    }
}
