namespace Moldau.Cli;

/// <summary>Tells once a second how a bench goes, on standard error: on a terminal one line with a picture of the last minute, elsewhere a line each five seconds.</summary>
internal sealed class LiveRate(CliContext context, string verb)
{
    private const int PlainEverySeconds = 5;

    private readonly List<double> _rates = [];
    private long _lastRecords;
    private long _lastBytes;

    /// <summary>Runs until it is cancelled.</summary>
    /// <param name="read">Records and bytes so far.</param>
    /// <param name="extra">What else there is to say.</param>
    /// <param name="cancellationToken">Ends it, which is no error.</param>
    public async Task RunAsync(Func<(long Records, long Bytes)> read, Func<string> extra, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), context.Seams.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                Tick(read(), extra());
            }
        }
        catch (OperationCanceledException)
        {
            if (context.IsErrorTerminal)
            {
                await context.Error.WriteLineAsync();
            }
        }
    }

    private void Tick((long Records, long Bytes) now, string extra)
    {
        long records = now.Records - _lastRecords;
        long bytes = now.Bytes - _lastBytes;
        (_lastRecords, _lastBytes) = now;
        _rates.Add(records);
        string line = $"{Units.Count(now.Records)} {verb}, {Units.Count(records)} records/s, {Units.Bytes(bytes)}/s{extra}";
        if (context.IsErrorTerminal)
        {
            string picture = context.UsesUnicode ? Pictures.Sparkline(_rates, Math.Clamp(context.Width - line.Length - 2, 0, 60)) : "";
            context.Error.Write($"\r\u001b[K{line} {picture}");
            context.Error.Flush();
        }
        else if (_rates.Count % PlainEverySeconds == 0)
        {
            context.Error.WriteLine(line);
        }
    }
}
