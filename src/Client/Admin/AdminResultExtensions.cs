namespace Moldau.Client;

/// <summary>For those who want all or nothing of an operation on many. Stateless; any thread.</summary>
public static class AdminResultExtensions
{
    /// <summary>Throws the first error among the results.</summary>
    /// <exception cref="KafkaException">At least one item failed.</exception>
    public static void ThrowIfAnyFailed<TKey, TResult>(this IReadOnlyDictionary<TKey, TResult> results)
        where TResult : AdminResult
    {
        foreach (TResult result in results.Values)
        {
            result.ThrowIfFailed();
        }
    }

    /// <summary>The values alone.</summary>
    /// <exception cref="KafkaException">At least one item failed.</exception>
    public static IReadOnlyDictionary<TKey, TValue> Values<TKey, TValue>(this IReadOnlyDictionary<TKey, AdminResult<TValue>> results)
        where TKey : notnull =>
        results.ToDictionary(result => result.Key, result => result.Value.Value);
}
