using Microsoft.Extensions.Logging;

namespace Moldau.Host;

/// <summary>
/// A logger factory with one provider. The factory of Microsoft.Extensions.Logging reads options and builds filters, which costs a tenth of the time that a node takes to start.
/// </summary>
internal sealed class LineLoggerFactory(LineLoggerProvider provider) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => provider.CreateLogger(categoryName);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("this factory has its one provider");

    public void Dispose() => provider.Dispose();
}
