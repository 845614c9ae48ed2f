namespace Moldau.Records;

/// <summary>How closely the records of a compressed batch are looked at. Those of a plain batch are always read strictly.</summary>
public enum RecordReadMode
{
    /// <summary>Each record must fill the length that it has before it, as a consumer reads it.</summary>
    Strict,

    /// <summary>
    /// The length of a record is not compared with its fields, nor that of a header value: what Kafka's leader checks before it appends a compressed
    /// batch as it is. Not everything that passes can be read later.
    /// </summary>
    Skipping,
}
