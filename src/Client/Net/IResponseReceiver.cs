using System.Buffers;

namespace Moldau.Client;

/// <summary>
/// Whoever waits for the response to a request that was sent. Told exactly once, by one of the two, on the thread that reads the connection or has found it lost: what it does there holds up
/// the responses behind it.
/// </summary>
internal interface IResponseReceiver
{
    /// <summary>An array of at least that size, which the response is received into; of the shared pool unless the receiver has its own. When the response does not come whole it is not given back.</summary>
    byte[] Rent(int sizeBytes) => ArrayPool<byte>.Shared.Rent(sizeBytes);

    /// <summary>The response is here. The array, which <see cref="Rent"/> gave, is from now on the receiver's to give back.</summary>
    /// <param name="frame">The frame without its size.</param>
    /// <param name="length">How many bytes of the array are its.</param>
    /// <param name="bodyStart">Where the body begins, after the header.</param>
    /// <param name="version">The version that the request was sent in.</param>
    void Complete(byte[] frame, int length, int bodyStart, short version);

    /// <summary>There will be no response.</summary>
    void Fail(KafkaException failure);
}
