namespace Moldau.Configuration;

/// <summary>What this program does with a key. One column of the tables; change it there when a feature lands.</summary>
public enum ConfigStatus
{
    /// <summary>Does what Apache Kafka 4.4 does with it, or what our documentation says.</summary>
    Works,

    /// <summary>Read, checked and described, with no effect yet or none here; a value that is not the default gives one warning.</summary>
    Accepted,

    /// <summary>A value that is not the default stops the start, as ignoring it would break a promise.</summary>
    Refused,
}
