namespace Moldau.Client;

/// <summary>What a coordinator is found for. The numbers are those of FindCoordinator.</summary>
internal enum CoordinatorType : sbyte
{
    Group = 0,
    Transaction = 1,
    Share = 2,
}
