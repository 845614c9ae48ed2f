namespace Moldau.Client;

/// <summary>What follows a failure of a handler.</summary>
/// <param name="Action">What is done.</param>
/// <param name="Delay">After which time the record is tried again.</param>
/// <param name="Stage">The retry topic that it goes to.</param>
internal readonly record struct RetryStep(RetryAction Action, TimeSpan Delay, int Stage);
