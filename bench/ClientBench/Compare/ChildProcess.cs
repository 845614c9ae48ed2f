using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Moldau.ClientBench;

/// <summary>A client at work in a process of its own.</summary>
internal static class ChildProcess
{
    private const int ClockTicks = 2;
    private static readonly double TicksPerSecond = SysConf(ClockTicks);

    /// <summary>Runs to the end and gives each line of its output to the caller as it comes.</summary>
    /// <exception cref="InvalidOperationException">It ended with a failure.</exception>
    public static void Run(IReadOnlyList<string> command, Action<string, int> line)
    {
        var start = new ProcessStartInfo(command[0]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in command.Skip(1))
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        var said = new List<string>();
        while (process.StandardOutput.ReadLine() is { } read)
        {
            said.Add(read);
            line(read, process.Id);
        }

        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}:\n{string.Join('\n', said.TakeLast(10))}\n{errors.Result}");
        }
    }

    /// <summary>User and system time of a process so far, in seconds.</summary>
    public static double CpuSeconds(int pid)
    {
        string stat = File.ReadAllText($"/proc/{pid}/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    [DllImport("libc", EntryPoint = "sysconf")]
    private static extern long SysConf(int name);
}
