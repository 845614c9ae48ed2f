namespace Moldau.EndToEnd.Load;

/// <summary>What a load got through.</summary>
/// <param name="Bytes">Of requests when producing, of answers when fetching.</param>
internal readonly record struct LoadResult(double Seconds, long Requests, long Bytes);
