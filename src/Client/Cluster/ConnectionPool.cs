using Microsoft.Extensions.Logging;
using Moldau.Runtime;

namespace Moldau.Client;

/// <summary>
/// The connections of one client: one for each broker and purpose, opened when first needed, closed when idle. A broker that cannot be reached is tried again after a growing wait. Any thread may
/// call it.
/// </summary>
internal sealed partial class ConnectionPool : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(int Node, ConnectionPurpose Purpose), ConnectionSlot> _slots = [];
    private readonly CancellationTokenSource _closing = new();
    private readonly ClientOptions _options;
    private readonly TimeProvider _time;
    private readonly Backoff _backoff;
    private readonly ITimer _idle;
    private readonly ILogger _log;
    private readonly List<BrokerConnection> _retired = [];

    public ConnectionPool(ClientOptions options)
    {
        _options = options;
        _time = options.Seams.Time;
        _backoff = new Backoff(options.ReconnectBackoff, options.ReconnectBackoffMax, options.Seams.Entropy);
        _log = options.Seams.Logging.CreateLogger<ConnectionPool>();
        TimeSpan period = options.ConnectionsMaxIdle > TimeSpan.Zero ? options.ConnectionsMaxIdle / 2 : Timeout.InfiniteTimeSpan;
        _idle = _time.CreateTimer(static state => ((ConnectionPool)state!).CloseIdle(), this, period, period);
    }

    /// <summary>A connection to the broker, opened when there is none.</summary>
    /// <exception cref="DisconnectedException">It cannot be had.</exception>
    /// <exception cref="AuthenticationException">One side does not take the other.</exception>
    public async ValueTask<BrokerConnection> GetAsync(BrokerView broker, ConnectionPurpose purpose, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task<BrokerConnection> opening;
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, this);
                opening = Slot(broker, purpose);
            }

            BrokerConnection connection = await opening.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (connection.IsOpen)
            {
                return connection;
            }
        }
    }

    /// <summary>An open connection to any broker, the one unused longest; null when there is none.</summary>
    public BrokerConnection? AnyOpen()
    {
        lock (_gate)
        {
            BrokerConnection? best = null;
            foreach (((int _, ConnectionPurpose purpose), ConnectionSlot slot) in _slots)
            {
                if (purpose == ConnectionPurpose.General && slot.Open is { } open && open.NodeId >= 0 && (best is null || open.LastUsed < best.LastUsed))
                {
                    best = open;
                }
            }

            return best;
        }
    }

    public void Dispose()
    {
        List<BrokerConnection> open = [];
        lock (_gate)
        {
            if (_closing.IsCancellationRequested)
            {
                return;
            }

            _closing.Cancel();
            foreach (ConnectionSlot slot in _slots.Values)
            {
                if (slot.Open is { } connection)
                {
                    open.Add(connection);
                }
            }

            open.AddRange(_retired);
        }

        _idle.Dispose();
        open.ForEach(connection => connection.Dispose());
    }

    /// <summary>The connection of a broker or the attempt to have one, begun now when there is neither. Under the gate.</summary>
    private Task<BrokerConnection> Slot(BrokerView broker, ConnectionPurpose purpose)
    {
        if (!_slots.TryGetValue((broker.Id, purpose), out ConnectionSlot? slot))
        {
            _slots.Add((broker.Id, purpose), slot = new ConnectionSlot());
        }

        bool isElsewhere = slot.Broker is { } known && (known.Host != broker.Host || known.Port != broker.Port);
        if (slot.Opening is { } opening && !isElsewhere)
        {
            if (!opening.IsCompleted || (slot.Open is { } open && open.RetiresAt > _time.GetTimestamp()))
            {
                return opening;
            }
        }

        if (slot.Open is { } old)
        {
            _retired.Add(old);
        }

        if (isElsewhere)
        {
            slot.Failures = 0;
        }

        slot.Broker = broker;
        return slot.Opening = OpenAsync(slot, broker);
    }

    private async Task<BrokerConnection> OpenAsync(ConnectionSlot slot, BrokerView broker)
    {
        // Outside of the gate, which the caller holds.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        if (slot.Failures > 0)
        {
            await Task.Delay(_backoff.After(slot.Failures), _time, _closing.Token).ConfigureAwait(false);
        }

        try
        {
            BrokerConnection connection = await BrokerConnection.ConnectAsync(_options, broker.Host, broker.Port, broker.Id, _closing.Token).ConfigureAwait(false);
            slot.Failures = 0;
            if (_closing.IsCancellationRequested)
            {
                connection.Dispose();
            }

            return connection;
        }
        catch (KafkaException failure)
        {
            slot.Failures++;
            LogFailure(_log, failure.Message, slot.Failures);
            throw;
        }
    }

    private void CloseIdle()
    {
        List<BrokerConnection> idle = [];
        lock (_gate)
        {
            foreach (ConnectionSlot slot in _slots.Values)
            {
                if (slot.Open is { IsBusy: false } open && _time.GetElapsedTime(open.LastUsed) >= _options.ConnectionsMaxIdle)
                {
                    idle.Add(open);
                    slot.Opening = null;
                }
            }

            for (int i = _retired.Count - 1; i >= 0; i--)
            {
                if (!_retired[i].IsBusy)
                {
                    idle.Add(_retired[i]);
                    _retired.RemoveAt(i);
                }
            }
        }

        idle.ForEach(connection => connection.Dispose());
    }

    [LoggerMessage(1, LogLevel.Warning, "{Failure} (attempt {Attempt})")]
    private static partial void LogFailure(ILogger log, string failure, int attempt);
}
