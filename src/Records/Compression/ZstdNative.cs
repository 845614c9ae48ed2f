using System.Runtime.InteropServices;

namespace Moldau.Records;

/// <summary>The functions of libzstd that are used; all have been stable since 1.4.0.</summary>
internal static partial class ZstdNative
{
    [LibraryImport(CodecLibrary.Zstd, EntryPoint = "ZSTD_createCCtx")]
    public static partial nint CreateCompressor();

    [LibraryImport(CodecLibrary.Zstd, EntryPoint = "ZSTD_freeCCtx")]
    public static partial nuint FreeCompressor(nint context);

    [LibraryImport(CodecLibrary.Zstd, EntryPoint = "ZSTD_compressBound")]
    public static partial nuint CompressBound(nuint sourceSize);

    [LibraryImport(CodecLibrary.Zstd, EntryPoint = "ZSTD_compressCCtx")]
    public static unsafe partial nuint Compress(nint context, byte* destination, nuint capacity, byte* source, nuint sourceSize, int level);

    [LibraryImport(CodecLibrary.Zstd, EntryPoint = "ZSTD_createDCtx")]
    public static partial nint CreateDecompressor();

    [LibraryImport(CodecLibrary.Zstd, EntryPoint = "ZSTD_freeDCtx")]
    public static partial nuint FreeDecompressor(nint context);

    [LibraryImport(CodecLibrary.Zstd, EntryPoint = "ZSTD_DCtx_reset")]
    public static partial nuint ResetDecompressor(nint context, int directive);

    [LibraryImport(CodecLibrary.Zstd, EntryPoint = "ZSTD_decompressStream")]
    public static unsafe partial nuint Decompress(nint context, Buffer* output, Buffer* input);

    [LibraryImport(CodecLibrary.Zstd, EntryPoint = "ZSTD_isError")]
    public static partial uint IsError(nuint code);

    [LibraryImport(CodecLibrary.Zstd, EntryPoint = "ZSTD_getErrorName")]
    public static partial nint ErrorName(nuint code);

    /// <summary>ZSTD_inBuffer and ZSTD_outBuffer, which have the same shape.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public unsafe struct Buffer
    {
        public byte* Start;
        public nuint Size;
        public nuint Position;
    }
}
