using System.Runtime.InteropServices;

namespace Moldau.Runtime.Os;

/// <summary>What a process can know of who reads what it writes.</summary>
public static class OutputPipe
{
    /// <summary>
    /// Whether nobody reads any more what goes into <paramref name="writer"/>, so that a write would fail. False for files, and where it cannot be told: on systems other than Linux only the write
    /// itself shows it. Any thread; does not block.
    /// </summary>
    public static unsafe bool HasLostReader(SafeHandle writer)
    {
        if (!OperatingSystem.IsLinux())
        {
            return false;
        }

        bool isHeld = false;
        try
        {
            writer.DangerousAddRef(ref isHeld);
            var entry = new Libc.PollEntry { Descriptor = (int)writer.DangerousGetHandle() };
            return Libc.Poll(&entry, 1, 0) > 0 && (entry.Seen & (Libc.PollError | Libc.PollHangUp)) != 0;
        }
        finally
        {
            if (isHeld)
            {
                writer.DangerousRelease();
            }
        }
    }
}
