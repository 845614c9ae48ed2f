namespace Moldau.Security;

/// <summary>No quotas: nobody ever waits.</summary>
public sealed class UnlimitedQuotas : IQuotaManager
{
    public static UnlimitedQuotas Instance { get; } = new();

    public int Record(QuotaKind kind, KafkaPrincipal principal, string clientId, double amount) => 0;
}
