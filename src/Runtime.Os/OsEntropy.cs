using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Moldau.Runtime.Os;

/// <summary>The system's cryptographic random generator. Any thread may call it.</summary>
public sealed class OsEntropy : IEntropy
{
    /// <summary>
    /// On Linux the kernel is asked directly: the framework's generator is OpenSSL's, and loading that takes 7 ms of every start for the sixteen bytes of an identifier.
    /// Whatever the kernel does not give, the framework does.
    /// </summary>
    public unsafe void Fill(Span<byte> destination)
    {
        int filled = 0;
        fixed (byte* bytes = destination)
        {
            while (OperatingSystem.IsLinux() && filled < destination.Length)
            {
                nint count = Libc.GetRandom(bytes + filled, destination.Length - filled, flags: 0);
                if (count > 0)
                {
                    filled += (int)count;
                }
                else if (Marshal.GetLastPInvokeError() != Errno.Interrupted)
                {
                    break;
                }
            }
        }

        if (filled < destination.Length)
        {
            RandomNumberGenerator.Fill(destination[filled..]);
        }
    }
}
