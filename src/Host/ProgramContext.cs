using System.Collections;
using Microsoft.Win32.SafeHandles;
using Moldau.Runtime;
using Moldau.Runtime.Os;

namespace Moldau.Host;

/// <summary>What the program takes from its process; tests bring their own.</summary>
/// <param name="Out">Standard output.</param>
/// <param name="Error">Standard error: why the program did not do what it was asked.</param>
/// <param name="Environment">The environment's variables.</param>
/// <param name="Disk">The file system.</param>
/// <param name="Entropy">Randomness for identifiers.</param>
/// <param name="Time">The clock.</param>
/// <param name="StopSignals">Registers what stops a node: SIGTERM and SIGINT. Disposing takes it back.</param>
internal sealed record ProgramContext(
    TextWriter Out,
    TextWriter Error,
    IDictionary Environment,
    IDisk Disk,
    IEntropy Entropy,
    TimeProvider Time,
    Func<Action, IDisposable> StopSignals)
{
    /// <summary>Standard output and standard input as bytes, for commands over the protocol. Called once, by such a command alone.</summary>
    public Func<(Stream Output, Stream Input)> Streams { get; init; } = () => (Stream.Null, Stream.Null);

    /// <summary>Whether nobody reads standard output any more.</summary>
    public Func<bool> HasLostReader { get; init; } = () => false;

    /// <summary>Whether this is a process of its own, whose terminal may be asked for its size.</summary>
    public bool IsProcess { get; init; }

    private static SafeFileHandle Output { get; } = new(1, ownsHandle: false);

    public static ProgramContext OfProcess() => new(
        Console.Out, Console.Error, System.Environment.GetEnvironmentVariables(), new OsDisk(), new OsEntropy(), TimeProvider.System, stop => new PosixStopSignals(stop))
    {
        IsProcess = true,
        Streams = () => (OpenOutput(), Console.OpenStandardInput()),
        HasLostReader = static () => OutputPipe.HasLostReader(Output),
    };

    /// <summary>The console's own stream goes on as if nothing were wrong when the reader of a pipe has left; a stream over the pipe tells. A file has no reader, and is written where others left off.</summary>
    private static Stream OpenOutput()
    {
        var direct = new FileStream(Output, FileAccess.Write, bufferSize: 0);
        return direct.CanSeek ? Console.OpenStandardOutput() : direct;
    }
}
