namespace Moldau.Coordination;

/// <summary>Names and groups of <see cref="TransactionState"/>. Stateless.</summary>
public static class TransactionStates
{
    /// <summary>The name that DescribeTransactions and ListTransactions give.</summary>
    public static string Name(TransactionState state) => state switch
    {
        TransactionState.Empty => "Empty",
        TransactionState.Ongoing => "Ongoing",
        TransactionState.PrepareCommit => "PrepareCommit",
        TransactionState.PrepareAbort => "PrepareAbort",
        TransactionState.CompleteCommit => "CompleteCommit",
        TransactionState.CompleteAbort => "CompleteAbort",
        TransactionState.Dead => "Dead",
        _ => "PrepareEpochFence",
    };

    /// <summary>The state of that name, which is case sensitive; null when there is none.</summary>
    public static TransactionState? Find(string name)
    {
        for (var state = TransactionState.Empty; state <= TransactionState.PrepareEpochFence; state++)
        {
            if (Name(state) == name)
            {
                return state;
            }
        }

        return null;
    }

    /// <summary>The decision has been taken and its markers are on their way.</summary>
    public static bool IsPrepared(this TransactionState state) => state is TransactionState.PrepareCommit or TransactionState.PrepareAbort;

    /// <summary>No transaction is open: a new one may begin, and the id may expire.</summary>
    public static bool IsIdle(this TransactionState state) =>
        state is TransactionState.Empty or TransactionState.CompleteCommit or TransactionState.CompleteAbort;
}
