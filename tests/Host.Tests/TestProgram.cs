using System.Collections;
using System.Text;
using Moldau.Runtime;
using Moldau.Runtime.Memory;

namespace Moldau.Host.Tests;

/// <summary>The program with a disk in memory and its output in strings.</summary>
internal sealed class TestProgram
{
    private readonly StringBuilder _out = new();
    private readonly StringBuilder _error = new();

    public MemoryDisk Disk { get; } = new(TimeProvider.System);

    public Hashtable Environment { get; } = [];

    public string Out => _out.ToString();

    public string Error => _error.ToString();

    /// <summary>Called with what stops the node, when a command registers for signals.</summary>
    public Action<Action> OnSignalsRegistered { get; set; } = _ => { };

    public void WriteFile(string path, string text)
    {
        Disk.CreateDirectory(path[..path.LastIndexOf('/')]);
        using IDiskFile file = Disk.Open(path, DiskOpenMode.CreateNew);
        file.Write(Encoding.UTF8.GetBytes(text), 0);
    }

    public Task<int> RunAsync(params string[] args) => MoldauProgram.RunAsync(args, Context());

    private ProgramContext Context() => new(new StringWriter(_out), new StringWriter(_error), Environment, Disk, new CountingEntropy(), TimeProvider.System, stop =>
    {
        OnSignalsRegistered(stop);
        return new StringReader("");
    });

    private sealed class CountingEntropy : IEntropy
    {
        private byte _next;

        public void Fill(Span<byte> destination)
        {
            foreach (ref byte b in destination)
            {
                b = ++_next;
            }
        }
    }
}
