namespace Moldau.Security;

/// <summary>Who a connection belongs to. Written as Kafka writes it: <c>Type:name</c>.</summary>
/// <param name="Type">The type, "User" for all that Kafka's own builders make.</param>
/// <param name="Name">The name; for TLS the distinguished name, after mapping rules.</param>
/// <param name="TokenAuthenticated">True when a delegation token was the credential.</param>
public sealed record KafkaPrincipal(string Type, string Name, bool TokenAuthenticated = false)
{
    public const string UserType = "User";

    /// <summary>Whoever did not authenticate.</summary>
    public static KafkaPrincipal Anonymous { get; } = new(UserType, "ANONYMOUS");

    public override string ToString() => $"{Type}:{Name}";
}
