namespace Moldau.Simulation;

/// <summary>A transaction as its application knows it. Where its end was not told, either is right, but for all of its records alike.</summary>
internal sealed class LibraryTransaction(string name)
{
    public string Name => name;

    public bool IsCommitted { get; private set; }

    public bool IsAborted { get; private set; }

    public void Commit()
    {
        LibraryRun.Require(!IsAborted, $"C6: {name} is committed and aborted");
        IsCommitted = true;
    }

    public void Abort()
    {
        LibraryRun.Require(!IsCommitted, $"C6: {name} is aborted and committed");
        IsAborted = true;
    }
}
