using System.CommandLine;
using System.Text;
using Moldau.Runtime;
using Moldau.Runtime.Memory;

namespace Moldau.Cli.Tests;

/// <summary>The command line with a disk in memory and its output in strings.</summary>
internal sealed class TestCli
{
    private readonly StringBuilder _out = new();
    private readonly StringBuilder _error = new();

    public MemoryDisk Disk { get; } = new(TimeProvider.System);

    /// <summary>Nobody listens on it, unless a test does.</summary>
    public INetwork Network { get; init; } = new MemoryNetwork();

    public byte[] Input { get; set; } = [];

    /// <summary>Where records go.</summary>
    public Stream Output { get; init; } = Stream.Null;

    public Func<bool> HasLostReader { get; init; } = () => false;

    public bool IsTerminal { get; init; }

    public int Width { get; init; } = 80;

    public string Out => _out.ToString();

    public string Error => _error.ToString();

    public CliContext Context() => new()
    {
        Out = new StringWriter(_out),
        Error = new StringWriter(_error),
        Output = Output,
        HasLostReader = HasLostReader,
        Input = new MemoryStream(Input),
        Disk = Disk,
        Seams = new Moldau.Client.ClientSeams { Network = Network },
        IsTerminal = IsTerminal,
        Width = Width,
        StopSignals = _ => new StringReader(""),
    };

    public void WriteFile(string path, string text)
    {
        Disk.CreateDirectory(path[..path.LastIndexOf('/')]);
        using IDiskFile file = Disk.Open(path, DiskOpenMode.CreateNew);
        file.Write(Encoding.UTF8.GetBytes(text), 0);
    }

    public async Task<int> RunAsync(params string[] args)
    {
        CliContext context = Context();
        var root = new RootCommand("test");
        CommandTree.AddTo(root, context);
        if (await CommandTree.RunWithoutTreeAsync(context, root, args) is { } code)
        {
            return code;
        }

        ParseResult parsed = root.Parse(args);
        if (!args.Contains("--help"))
        {
            parsed.Errors.ShouldBeEmpty();
        }

        return await parsed.InvokeAsync(new InvocationConfiguration { Output = context.Out, Error = context.Error, EnableDefaultExceptionHandler = false });
    }
}
