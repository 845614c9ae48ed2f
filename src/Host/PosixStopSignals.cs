using System.Runtime.InteropServices;

namespace Moldau.Host;

/// <summary>SIGTERM and SIGINT ask the node to stop; a second one is left to the system, which ends the process at once.</summary>
internal sealed class PosixStopSignals : IDisposable
{
    private readonly Action _stop;
    private readonly PosixSignalRegistration _term;
    private readonly PosixSignalRegistration _interrupt;
    private int _asked;

    public PosixStopSignals(Action stop)
    {
        _stop = stop;
        _term = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
    }

    public void Dispose()
    {
        _term.Dispose();
        _interrupt.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        if (Interlocked.Exchange(ref _asked, 1) == 0)
        {
            context.Cancel = true;
            _stop();
        }
    }
}
