namespace Moldau.Client;

/// <summary>Both directions of one format.</summary>
public interface ISerde<T> : ISerializer<T>, IDeserializer<T>;
