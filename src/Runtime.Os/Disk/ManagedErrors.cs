namespace Moldau.Runtime.Os;

/// <summary>Exceptions of the managed file API as <see cref="DiskException"/>.</summary>
internal static class ManagedErrors
{
    /// <summary>ERROR_HANDLE_DISK_FULL and ERROR_DISK_FULL of Windows, ENOSPC elsewhere, as the low word of an HRESULT.</summary>
    private static readonly int[] _noSpace = [0x27, 0x70, 28];

    /// <summary>ERROR_FILE_EXISTS and ERROR_ALREADY_EXISTS of Windows, EEXIST elsewhere.</summary>
    private static readonly int[] _exists = [0x50, 0xB7, 17];

    public static T Guard<T>(string operation, string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw From(failure, operation, path);
        }
    }

    public static void Guard(string operation, string path, Action action)
    {
        try
        {
            action();
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw From(failure, operation, path);
        }
    }

    public static DiskException From(Exception failure, string operation, string path)
    {
        if (failure is DiskException already)
        {
            return already;
        }

        int code = failure.HResult & 0xffff;
        DiskErrorKind kind = failure switch
        {
            FileNotFoundException or DirectoryNotFoundException => DiskErrorKind.NotFound,
            UnauthorizedAccessException => DiskErrorKind.Denied,
            _ when Array.IndexOf(_noSpace, code) >= 0 => DiskErrorKind.NoSpace,
            _ when Array.IndexOf(_exists, code) >= 0 => DiskErrorKind.Exists,
            _ => DiskErrorKind.Io,
        };
        return new DiskException(kind, operation, path, failure.Message);
    }
}
