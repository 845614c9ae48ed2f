using Moldau.Protocol;

namespace Moldau.Client;

/// <summary>One partition's part of an answer, on its way to be handed out.</summary>
/// <param name="Chunk">What it becomes; it holds the answer.</param>
/// <param name="Records">The records as they came, in the answer.</param>
/// <param name="FromOffset">The offset that was asked for.</param>
/// <param name="Aborted">The transactions whose records are left out; none unless only committed ones are read.</param>
internal readonly record struct FetchedPart(FetchedChunk Chunk, ReadOnlyMemory<byte> Records, long FromOffset, AbortedTransactionsView Aborted);
