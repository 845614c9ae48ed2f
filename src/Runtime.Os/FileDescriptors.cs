namespace Moldau.Runtime.Os;

/// <summary>How many files and sockets this process may have open at once. Any thread.</summary>
public static class FileDescriptors
{
    /// <summary>
    /// The limit, once it is as high as the process may make it: the soft one (RLIMIT_NOFILE) is raised to the hard one, as .NET's start and the scripts of Apache Kafka's packages do.
    /// <see cref="long.MaxValue"/> for none, null where it is not known (other systems than 64-bit Linux).
    /// </summary>
    public static unsafe long? RaiseLimit()
    {
        if (!OperatingSystem.IsLinux() || !Environment.Is64BitProcess)
        {
            return null;
        }

        Libc.ResourceLimit limit;
        if (Libc.GetLimit(Libc.FileDescriptors, &limit) != 0)
        {
            return null;
        }

        var raised = limit with { Soft = limit.Hard };
        if (limit.Soft < limit.Hard && Libc.SetLimit(Libc.FileDescriptors, &raised) == 0)
        {
            limit = raised;
        }

        return limit.Soft > long.MaxValue ? long.MaxValue : (long)limit.Soft;
    }
}
