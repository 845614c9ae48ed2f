namespace Moldau.Embedded.Tests;

/// <summary>What FindCoordinator is asked for.</summary>
internal enum CoordinatorKind : sbyte
{
    Group = 0,
    Transaction = 1,
}
