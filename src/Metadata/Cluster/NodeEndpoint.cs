namespace Moldau.Metadata;

/// <summary>Where a node listens. <see cref="SecurityProtocol"/>: 0 PLAINTEXT, 1 SSL, 2 SASL_PLAINTEXT, 3 SASL_SSL.</summary>
public readonly record struct NodeEndpoint(string Name, string Host, ushort Port, short SecurityProtocol)
{
    public override string ToString() => $"{Name}://{Host}:{Port}";
}
