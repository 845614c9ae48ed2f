using System.Reflection;
using System.Runtime.InteropServices;

namespace Moldau.Records;

/// <summary>
/// Finds the native libraries of zstd and lz4 under the names they have on Linux, macOS and Windows, once per process, and says which package to install
/// when one is missing.
/// </summary>
internal static class CodecLibrary
{
    public const string Zstd = "libzstd";
    public const string Lz4 = "liblz4";

    private static readonly Lazy<nint> ZstdHandle = new(() => Load("libzstd.so.1", "libzstd.1.dylib", "libzstd.dll"));
    private static readonly Lazy<nint> Lz4Handle = new(() => Load("liblz4.so.1", "liblz4.1.dylib", "liblz4.dll"));

    static CodecLibrary() => NativeLibrary.SetDllImportResolver(typeof(CodecLibrary).Assembly, Resolve);

    /// <summary>Throws <see cref="CodecUnavailableException"/> when zstd is not installed. Call it before the first call of its functions.</summary>
    public static void RequireZstd()
    {
        if (ZstdHandle.Value == 0)
        {
            throw new CodecUnavailableException("compression zstd needs the library libzstd.so.1: install the package libzstd1 (Debian, Ubuntu) or zstd");
        }
    }

    /// <summary>Throws <see cref="CodecUnavailableException"/> when lz4 is not installed. Call it before the first call of its functions.</summary>
    public static void RequireLz4()
    {
        if (Lz4Handle.Value == 0)
        {
            throw new CodecUnavailableException("compression lz4 needs the library liblz4.so.1: install the package liblz4-1 (Debian, Ubuntu) or lz4");
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => name switch
    {
        Zstd => ZstdHandle.Value,
        Lz4 => Lz4Handle.Value,
        _ => 0,
    };

    private static nint Load(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (NativeLibrary.TryLoad(name, typeof(CodecLibrary).Assembly, null, out nint handle))
            {
                return handle;
            }
        }

        return 0;
    }
}
