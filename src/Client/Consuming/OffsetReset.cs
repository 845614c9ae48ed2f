namespace Moldau.Client;

/// <summary>Where a consumer begins when a partition has no committed offset, or one that is out of range (`auto.offset.reset`, KIP-1106). Immutable.</summary>
public readonly record struct OffsetReset
{
    private OffsetReset(OffsetResetKind kind, TimeSpan age)
    {
        Kind = kind;
        Age = age;
    }

    /// <summary>The first record that there is.</summary>
    public static OffsetReset Earliest { get; } = new(OffsetResetKind.Earliest, default);

    /// <summary>What comes from now on.</summary>
    public static OffsetReset Latest => default;

    /// <summary>Nowhere: the consumer throws, and the application seeks.</summary>
    public static OffsetReset None { get; } = new(OffsetResetKind.None, default);

    /// <summary>What kind it is.</summary>
    public OffsetResetKind Kind { get; }

    /// <summary>How far back <see cref="OffsetResetKind.ByDuration"/> goes.</summary>
    public TimeSpan Age { get; }

    /// <summary>The first record that is not older than this.</summary>
    public static OffsetReset ByDuration(TimeSpan age) => age >= TimeSpan.Zero
        ? new OffsetReset(OffsetResetKind.ByDuration, age)
        : throw new ArgumentOutOfRangeException(nameof(age), age, "auto.offset.reset=by_duration takes a duration that is not negative");
}
