namespace Moldau.Security;

/// <summary>Measures what clients use and says how long they are to wait. Any thread may call it; it must not block.</summary>
public interface IQuotaManager
{
    /// <summary>Counts <paramref name="amount"/>; returns the milliseconds for which the client is throttled, 0 for none.</summary>
    int Record(QuotaKind kind, KafkaPrincipal principal, string clientId, double amount);
}
