namespace Moldau.Security;

/// <summary>Names with a meaning of their own.</summary>
public static class ResourceNames
{
    /// <summary>The one resource of type Cluster.</summary>
    public const string Cluster = "kafka-cluster";
}
