namespace Moldau.Testing;

/// <summary>
/// One node for the tests of a class or an assembly, started when the first of them asks for it: a fixture for xunit (<c>IClassFixture</c>, <c>AssemblyFixture</c>), NUnit, MSTest or TUnit alike. It
/// implements what all of them know how to dispose and nothing of one of them, so that this package has no version of a test framework to agree with. Derive from it to give options.
/// </summary>
/// <example>
/// <code>
/// public class OrderTests(SharedNode shared) : IClassFixture&lt;SharedNode&gt;
/// {
///     [Fact]
///     public async Task An_order_is_stored()
///     {
///         var node = await shared.NodeAsync();
///         …
///     }
/// }
/// </code>
/// </example>
public class SharedNode : IAsyncDisposable, IDisposable
{
    private readonly Lock _gate = new();
    private Task<TestNode>? _starting;
    private int _names;

    /// <summary>The node, started at the first call. Any thread may call it.</summary>
    public Task<TestNode> NodeAsync()
    {
        lock (_gate)
        {
            return _starting ??= TestNode.StartAsync(Configure);
        }
    }

    /// <summary>A name that no other test with this node has: for topics, groups and transactional ids, as tests share them.</summary>
    public string NewName(string prefix = "test") => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{prefix}-{Interlocked.Increment(ref _names)}");

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        Task<TestNode>? starting;
        lock (_gate)
        {
            (starting, _starting) = (_starting, null);
        }

        if (starting is not null)
        {
            await (await starting.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>For frameworks that dispose synchronously.</summary>
    public void Dispose()
    {
        DisposeAsync().AsTask().GetAwaiter().GetResult();
        GC.SuppressFinalize(this);
    }

    /// <summary>Fills in the options of the node; nothing by default.</summary>
    protected virtual void Configure(TestNodeOptions options)
    {
    }
}
