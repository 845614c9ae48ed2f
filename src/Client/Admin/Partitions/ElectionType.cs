namespace Moldau.Client;

/// <summary>Who is to be elected. The numbers are the protocol's.</summary>
public enum ElectionType : sbyte
{
    /// <summary>The first of the replicas, which is to be in sync.</summary>
    Preferred = 0,

    /// <summary>Whoever is alive, when nobody that is in sync is; what it does not have is lost (KIP-460).</summary>
    Unclean = 1,
}
