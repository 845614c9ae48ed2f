using Moldau.Core;

namespace Moldau.Coordination;

/// <summary>
/// What a member of a consumer group that speaks the classic protocol said when it joined: its session timeout and the assignors it supports with its
/// subscription for each, the preferred first. Immutable; the bytes are its own.
/// </summary>
public sealed class ClassicProtocols : IEquatable<ClassicProtocols>
{
    /// <summary>Takes the list over; at least one.</summary>
    public ClassicProtocols(int sessionTimeoutMs, IReadOnlyList<(string Name, byte[] Metadata)> supported)
    {
        Invariant.That(supported.Count > 0);
        SessionTimeoutMs = sessionTimeoutMs;
        Supported = supported;
    }

    public int SessionTimeoutMs { get; }

    public IReadOnlyList<(string Name, byte[] Metadata)> Supported { get; }

    public bool Equals(ClassicProtocols? other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }

        if (other is null || SessionTimeoutMs != other.SessionTimeoutMs || Supported.Count != other.Supported.Count)
        {
            return false;
        }

        for (var i = 0; i < Supported.Count; i++)
        {
            if (Supported[i].Name != other.Supported[i].Name || !Supported[i].Metadata.AsSpan().SequenceEqual(other.Supported[i].Metadata))
            {
                return false;
            }
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as ClassicProtocols);

    public override int GetHashCode() => HashCode.Combine(SessionTimeoutMs, Supported[0].Name);
}
