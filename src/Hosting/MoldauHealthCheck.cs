using Microsoft.Extensions.Diagnostics.HealthChecks;
using Moldau.Client;

namespace Moldau.Hosting;

/// <summary>Whether the cluster answers: healthy with the count of its brokers, or else what the client says.</summary>
internal sealed class MoldauHealthCheck(AdminClient admin) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            ClusterDescription cluster = await admin.DescribeClusterAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            return HealthCheckResult.Healthy($"cluster {cluster.ClusterId} has {cluster.Nodes.Count} brokers");
        }
        catch (KafkaException failure)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, failure.Message, failure);
        }
        catch (OperationCanceledException) when (admin.ConnectionFailure is { } failure)
        {
            // The check's time is over long before the client's: "a timeout occurred" would not say why.
            return new HealthCheckResult(context.Registration.FailureStatus, failure.Message, failure);
        }
    }
}
