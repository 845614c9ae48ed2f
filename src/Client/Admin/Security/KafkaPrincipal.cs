namespace Moldau.Client;

/// <summary>Who somebody is. Immutable.</summary>
/// <param name="PrincipalType">The kind, <c>User</c> for example.</param>
/// <param name="Name">The name.</param>
public sealed record KafkaPrincipal(string PrincipalType, string Name)
{
    /// <summary>A user, as all of Kafka's own ways of authentication name somebody: <c>User:NAME</c>.</summary>
    /// <param name="name">The name; <c>*</c> in an ACL stands for everybody.</param>
    public static KafkaPrincipal User(string name) => new("User", name);

    /// <summary>As ACLs and tokens write it: <c>User:alice</c>.</summary>
    public override string ToString() => $"{PrincipalType}:{Name}";
}
