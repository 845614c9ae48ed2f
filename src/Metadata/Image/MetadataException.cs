namespace Moldau.Metadata;

/// <summary>
/// A record that cannot follow on the records before it, for example a change of a partition that does not exist. A committed log never holds one:
/// whoever meets it must stop applying the log, or brokers would disagree on the metadata.
/// </summary>
public sealed class MetadataException(string message) : Exception(message);
