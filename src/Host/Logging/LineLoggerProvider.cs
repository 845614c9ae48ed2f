using Microsoft.Extensions.Logging;

namespace Moldau.Host;

/// <summary>
/// Writes log entries as lines to one writer, the program's standard output. Entries are written by the thread that logs, under a lock: nothing is lost when the process dies, and
/// there is no thread to start. Any thread may log.
/// </summary>
internal sealed class LineLoggerProvider(TextWriter output, TimeProvider time, LogLevel minimum, bool json) : ILoggerProvider
{
    private readonly Lock _lock = new();

    public ILogger CreateLogger(string categoryName) => new LineLogger(this, categoryName);

    public void Dispose() => output.Flush();

    internal bool IsEnabled(LogLevel level) => level >= minimum && level != LogLevel.None;

    internal void Write(LogLevel level, string category, string message, Exception? exception)
    {
        DateTimeOffset now = time.GetUtcNow();
        string line = json ? LineFormat.Json(now, level, category, message, exception) : LineFormat.Text(now, level, category, message, exception);
        lock (_lock)
        {
            output.Write(line);
            output.Flush();
        }
    }
}
