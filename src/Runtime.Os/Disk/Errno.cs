using System.Runtime.InteropServices;

namespace Moldau.Runtime.Os;

/// <summary>Linux error numbers as <see cref="DiskException"/> kinds.</summary>
internal static class Errno
{
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int Again = 11;
    public const int AccessDenied = 13;
    public const int NotSupported = 95;
    private const int NotPermitted = 1;
    private const int Exists = 17;
    private const int NotDirectory = 20;
    private const int FileTableFull = 23;
    private const int TooManyFiles = 24;
    private const int NoSpace = 28;
    private const int ReadOnlyFileSystem = 30;
    private const int NotEmpty = 39;
    private const int QuotaExceeded = 122;

    public static DiskErrorKind Kind(int errno) => errno switch
    {
        NoEntry or NotDirectory => DiskErrorKind.NotFound,
        Exists or NotEmpty => DiskErrorKind.Exists,
        NotPermitted or AccessDenied or ReadOnlyFileSystem => DiskErrorKind.Denied,
        FileTableFull or TooManyFiles => DiskErrorKind.TooManyOpenFiles,
        NoSpace or QuotaExceeded => DiskErrorKind.NoSpace,
        _ => DiskErrorKind.Io,
    };

    /// <summary>The exception for the error number that the last system call of this thread left.</summary>
    public static DiskException Last(string operation, string path) => Of(Marshal.GetLastPInvokeError(), operation, path);

    /// <summary>As <see cref="Last"/> for a sync that failed: always a failure of the device.</summary>
    public static DiskException LastOfSync(string operation, string path)
    {
        var failure = Last(operation, path);
        return failure.Kind == DiskErrorKind.NoSpace ? new DiskException(DiskErrorKind.Io, operation, path, failure.Message) : failure;
    }

    public static DiskException Of(int errno, string operation, string path) =>
        new(Kind(errno), operation, path, $"{Marshal.GetPInvokeErrorMessage(errno)} (errno {errno})");
}
