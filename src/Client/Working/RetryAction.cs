namespace Moldau.Client;

/// <summary>What follows a failure of a handler.</summary>
internal enum RetryAction
{
    /// <summary>The same record once more, in its place.</summary>
    Again,

    /// <summary>A copy goes to a retry topic.</summary>
    RetryTopic,

    /// <summary>A copy goes to the dead letter topic.</summary>
    DeadLetterTopic,

    /// <summary>The worker ends.</summary>
    Stop,
}
