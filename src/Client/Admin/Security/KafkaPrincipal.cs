namespace Moldau.Client;

/// <summary>Who somebody is. Immutable.</summary>
/// <param name="PrincipalType">The kind, <c>User</c> for example.</param>
/// <param name="Name">The name.</param>
public sealed record KafkaPrincipal(string PrincipalType, string Name)
{
    public static KafkaPrincipal User(string name) => new("User", name);

    public override string ToString() => $"{PrincipalType}:{Name}";
}
