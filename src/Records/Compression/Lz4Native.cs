using System.Runtime.InteropServices;

namespace Moldau.Records;

/// <summary>The block functions of liblz4; the frame around the blocks is <see cref="Lz4Codec"/>'s.</summary>
internal static partial class Lz4Native
{
    [LibraryImport(CodecLibrary.Lz4, EntryPoint = "LZ4_compressBound")]
    public static partial int CompressBound(int sourceSize);

    [LibraryImport(CodecLibrary.Lz4, EntryPoint = "LZ4_sizeofState")]
    public static partial int SizeOfState();

    [LibraryImport(CodecLibrary.Lz4, EntryPoint = "LZ4_compress_fast_extState")]
    public static unsafe partial int CompressFast(nint state, byte* source, byte* destination, int sourceSize, int capacity, int acceleration);

    [LibraryImport(CodecLibrary.Lz4, EntryPoint = "LZ4_sizeofStateHC")]
    public static partial int SizeOfStateHigh();

    [LibraryImport(CodecLibrary.Lz4, EntryPoint = "LZ4_compress_HC_extStateHC")]
    public static unsafe partial int CompressHigh(nint state, byte* source, byte* destination, int sourceSize, int capacity, int level);

    [LibraryImport(CodecLibrary.Lz4, EntryPoint = "LZ4_decompress_safe")]
    public static unsafe partial int Decompress(byte* source, byte* destination, int sourceSize, int capacity);
}
