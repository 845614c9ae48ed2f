using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Moldau.Core;

/// <summary>
/// SipHash-2-4 with 128 bits of result: a hash under a secret key. Whoever does not know the key cannot make two inputs collide, and by chance none do, so that the result may stand for the
/// input. Pure.
/// </summary>
public static class SipHash128
{
    /// <summary>The hash of <paramref name="source"/> under the key of two words.</summary>
    public static (ulong Low, ulong High) Compute(ReadOnlySpan<byte> source, ulong key0, ulong key1)
    {
        var state = new State(key0, key1);
        var rest = source;
        for (; rest.Length >= sizeof(ulong); rest = rest[sizeof(ulong)..])
        {
            state.Absorb(BinaryPrimitives.ReadUInt64LittleEndian(rest));
        }

        ulong last = (ulong)source.Length << 56;
        for (int i = 0; i < rest.Length; i++)
        {
            last |= (ulong)rest[i] << (8 * i);
        }

        state.Absorb(last);
        return state.Finish();
    }

    private struct State(ulong key0, ulong key1)
    {
        private ulong _v0 = key0 ^ 0x736f6d6570736575;
        private ulong _v1 = key1 ^ 0x646f72616e646f6d ^ 0xee;
        private ulong _v2 = key0 ^ 0x6c7967656e657261;
        private ulong _v3 = key1 ^ 0x7465646279746573;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public void Absorb(ulong word)
        {
            _v3 ^= word;
            Round();
            Round();
            _v0 ^= word;
        }

        public (ulong Low, ulong High) Finish()
        {
            _v2 ^= 0xee;
            ulong low = FourRounds();
            _v1 ^= 0xdd;
            return (low, FourRounds());
        }

        private ulong FourRounds()
        {
            for (int i = 0; i < 4; i++)
            {
                Round();
            }

            return _v0 ^ _v1 ^ _v2 ^ _v3;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private void Round()
        {
            _v0 += _v1;
            _v2 += _v3;
            _v1 = BitOperations.RotateLeft(_v1, 13) ^ _v0;
            _v3 = BitOperations.RotateLeft(_v3, 16) ^ _v2;
            _v0 = BitOperations.RotateLeft(_v0, 32);
            _v2 += _v1;
            _v0 += _v3;
            _v1 = BitOperations.RotateLeft(_v1, 17) ^ _v2;
            _v3 = BitOperations.RotateLeft(_v3, 21) ^ _v0;
            _v2 = BitOperations.RotateLeft(_v2, 32);
        }
    }
}
