using System.Net;
using Moldau.Core;

namespace Moldau.Broker;

/// <summary>Counts connections: on the node, per listener, per address. Any thread may call it.</summary>
internal sealed class ConnectionQuotas
{
    private readonly Lock _gate = new();
    private readonly Dictionary<IPAddress, int> _perAddress = [];
    private readonly Dictionary<string, int> _perListener = new(StringComparer.Ordinal);
    private TaskCompletionSource? _released;
    private int _total;

    /// <summary>True when a further connection has room on the listener and, unless it is the inter-broker one, on the node.</summary>
    public bool HasRoom(ListenerBinding listener, ConnectionLimits limits)
    {
        lock (_gate)
        {
            return _perListener.GetValueOrDefault(listener.Name) < limits.ConnectionsMaxOn(listener.Name) && (listener.IsInterBroker || _total < limits.ConnectionsMax);
        }
    }

    /// <summary>True when the node has more connections than it should, as the inter-broker listener is let in regardless.</summary>
    public bool IsOver(ConnectionLimits limits)
    {
        lock (_gate)
        {
            return _total > limits.ConnectionsMax;
        }
    }

    /// <summary>Completes when a connection goes, so that <see cref="HasRoom"/> may have changed; take it before asking.</summary>
    public Task NextRelease()
    {
        lock (_gate)
        {
            return (_released ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    /// <summary>Lets listeners that wait for room look again: the limits have changed.</summary>
    public void Recheck()
    {
        TaskCompletionSource? released;
        lock (_gate)
        {
            (released, _released) = (_released, null);
        }

        released?.TrySetResult();
    }

    /// <summary>Counts a connection in; false when its address may have no more.</summary>
    public bool TryTake(ListenerBinding listener, IPAddress address, ConnectionLimits limits)
    {
        lock (_gate)
        {
            int held = _perAddress.GetValueOrDefault(address);
            if (held >= limits.ConnectionsMaxFor(address))
            {
                return false;
            }

            _perAddress[address] = held + 1;
            _perListener[listener.Name] = _perListener.GetValueOrDefault(listener.Name) + 1;
            _total++;
            return true;
        }
    }

    public void Release(ListenerBinding listener, IPAddress address)
    {
        lock (_gate)
        {
            int left = _perAddress[address] - 1;
            Invariant.That(left >= 0);
            if (left == 0)
            {
                _perAddress.Remove(address);
            }
            else
            {
                _perAddress[address] = left;
            }

            _perListener[listener.Name]--;
            _total--;
        }

        Recheck();
    }
}
