namespace Moldau.ClientBench;

/// <summary>A client library as the measurements use it.</summary>
internal interface IBenchProducer : IAsyncDisposable
{
    long Failures { get; }

    string Summary { get; }

    /// <summary>Gives so many records to the library as fast as it takes them.</summary>
    Task PostManyAsync(string topic, byte[][] values, long records);

    ValueTask SendAsync(string topic, byte[] value);

    Task FlushAsync();
}
