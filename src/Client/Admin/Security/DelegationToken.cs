namespace Moldau.Client;

/// <summary>A delegation token (KIP-48): a client authenticates with its id as the user and its HMAC in base64 as the password of SCRAM. Immutable.</summary>
/// <param name="TokenId">Its id.</param>
/// <param name="Hmac">Its secret.</param>
/// <param name="Owner">Whose it is.</param>
/// <param name="Requester">Who asked for it.</param>
/// <param name="Renewers">Who may renew it beside its owner.</param>
/// <param name="IssueTime">When it was made.</param>
/// <param name="ExpiryTime">Until when it holds, unless it is renewed.</param>
/// <param name="MaxTime">Until when it can be renewed.</param>
public sealed record DelegationToken(
    string TokenId,
    ReadOnlyMemory<byte> Hmac,
    KafkaPrincipal Owner,
    KafkaPrincipal Requester,
    IReadOnlyList<KafkaPrincipal> Renewers,
    DateTimeOffset IssueTime,
    DateTimeOffset ExpiryTime,
    DateTimeOffset MaxTime)
{
    // The secret is not for logs.
    /// <summary>Whose token it is and how long it is good; not its secret.</summary>
    public override string ToString() => $"delegation token {TokenId} of {Owner}, until {ExpiryTime:u}";
}
