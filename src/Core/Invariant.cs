using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Moldau.Core;

/// <summary>
/// Checks that are always on. A broken invariant stops the operation loudly; on the disk or in Raft it stops the process.
/// Never use it for bad input: what a peer sends is answered with a protocol error.
/// </summary>
public static class Invariant
{
    /// <summary>Throws <see cref="InvariantException"/> when <paramref name="condition"/> is false.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void That([DoesNotReturnIf(false)] bool condition, [CallerArgumentExpression(nameof(condition))] string? what = null)
    {
        if (!condition)
        {
            Fail(what);
        }
    }

    [DoesNotReturn]
    private static void Fail(string? what) => throw new InvariantException($"invariant broken: {what}");
}
