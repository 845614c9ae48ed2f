namespace Moldau.Controller;

/// <summary>Bounds on what one request may do to the metadata log.</summary>
public static class Limits
{
    /// <summary>The most records one operation of a user may make (KAFKA-13540): beyond it the request is refused with POLICY_VIOLATION.</summary>
    public const int RecordsPerOperation = 10_000;

    /// <summary>The most leaders one balancing run moves before others get their turn.</summary>
    public const int ElectionsPerRun = 1_000;

    public static ApiError TooManyRecords() => new(
        Protocol.ErrorCode.PolicyViolation, $"Unable to perform excessively large batch operation: more than {RecordsPerOperation} records would be needed.");
}
