namespace Moldau.Client;

/// <summary>The objects of one consumer that what it fetches goes through, to be used again. There are never more than what is fetched ahead needs. Under the consumer's gate.</summary>
internal sealed class FetchPool
{
    private readonly Stack<FetchAnswer> _answers = [];
    private readonly Stack<FetchedChunk> _chunks = [];

    /// <summary>The arrays of answers; any thread.</summary>
    public FrameStack Frames { get; } = new();

    /// <summary>An answer without bytes, held once: by the caller.</summary>
    public FetchAnswer RentAnswer()
    {
        var answer = _answers.TryPop(out var spare) ? spare : new FetchAnswer(this);
        answer.Hold();
        return answer;
    }

    /// <summary>An empty chunk, which holds the answer until it is returned.</summary>
    public FetchedChunk RentChunk(PartitionState state, FetchAnswer answer)
    {
        var chunk = _chunks.TryPop(out var spare) ? spare : new FetchedChunk(this);
        answer.Hold();
        chunk.Open(state, answer);
        return chunk;
    }

    public void Return(FetchAnswer answer) => _answers.Push(answer);

    public void Return(FetchedChunk chunk) => _chunks.Push(chunk);
}
