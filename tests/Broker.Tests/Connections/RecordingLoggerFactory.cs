using Microsoft.Extensions.Logging;

namespace Moldau.Broker.Tests;

/// <summary>Keeps the lines of all loggers together.</summary>
internal sealed class RecordingLoggerFactory : ILoggerFactory
{
    private readonly RecordingLogger<Node> _logger = new();

    public IEnumerable<string> At(LogLevel level) => _logger.At(level);

    public ILogger CreateLogger(string categoryName) => _logger;

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("this factory keeps its lines itself");

    public void Dispose()
    {
    }
}
