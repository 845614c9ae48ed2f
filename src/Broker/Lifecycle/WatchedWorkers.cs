using System.Diagnostics.CodeAnalysis;
using Moldau.Runtime;

namespace Moldau.Broker;

/// <summary>The workers of one node: what escapes a piece of work ends that node, and lets whoever runs it say so, instead of ending the process on the spot.</summary>
internal sealed class WatchedWorkers(IWorkers workers, NodeFailure failure) : IWorkers
{
    public void Run(Action work) => workers.Run(() => Watch(work));

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "The failure ends the node: the quorum's and the controller's queues stop where they are.")]
    private void Watch(Action work)
    {
        try
        {
            work();
        }
        catch (Exception escaped)
        {
            failure.Fail(escaped);
        }
    }
}
