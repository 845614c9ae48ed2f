namespace Moldau.Client;

/// <summary>What a member of a group has to do next.</summary>
internal enum GroupStepKind
{
    /// <summary>Nothing before the time of the step, unless something happens.</summary>
    Wait,

    /// <summary>Send the request to the coordinator and tell what came back.</summary>
    Send,

    /// <summary>Tell the consumer that partitions come or go, and say when that is done; requests go on meanwhile.</summary>
    Rebalance,

    /// <summary>Look up the topics that the group wants, and give them back: this member leads it.</summary>
    LookUpTopics,

    /// <summary>The member has left or has failed for good: there is nothing more to do.</summary>
    End,
}
