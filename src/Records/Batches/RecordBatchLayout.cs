namespace Moldau.Records;

/// <summary>Where the fields of a record batch lie (magic 2), and the sentinels that they know. Offsets in bytes from the start of the batch.</summary>
public static class RecordBatchLayout
{
    public const int BaseOffset = 0;
    public const int Length = 8;
    public const int PartitionLeaderEpoch = 12;
    public const int Magic = 16;
    public const int Crc = 17;
    public const int Attributes = 21;
    public const int LastOffsetDelta = 23;
    public const int BaseTimestamp = 27;
    public const int MaxTimestamp = 35;
    public const int ProducerId = 43;
    public const int ProducerEpoch = 51;
    public const int BaseSequence = 53;
    public const int RecordsCount = 57;
    public const int Records = 61;

    /// <summary>The bytes of base offset and length, which the length does not count. All magics have them.</summary>
    public const int LogOverheadBytes = 12;

    /// <summary>The bytes up to and with the magic: with them any batch can be told from damage and its size is known.</summary>
    public const int BytesUpToMagic = 17;

    /// <summary>The bytes of a batch of magic 2 without any record.</summary>
    public const int HeaderBytes = Records;

    /// <summary>The magic of the format that is written today.</summary>
    public const sbyte CurrentMagic = 2;

    public const long NoTimestamp = -1;
    public const long NoProducerId = -1;
    public const short NoProducerEpoch = -1;
    public const int NoSequence = -1;
    public const int NoPartitionLeaderEpoch = -1;

    public const short CompressionMask = 0x07;
    public const short TimestampTypeMask = 0x08;
    public const short TransactionalMask = 0x10;
    public const short ControlMask = 0x20;
    public const short DeleteHorizonMask = 0x40;
    public const short UsedAttributesMask = 0x7F;
}
