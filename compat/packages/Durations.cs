global using Duration = Google.Protobuf.WellKnownTypes.Duration;
using Moldau.Client;
using Moldau.Client.Protobuf;

/// <summary>Values as messages of Protobuf.</summary>
internal static class Durations
{
    public static ISerde<Duration> Serde { get; } = new ProtobufSerde<Duration>(Duration.Parser);

    public static Duration Of(long seconds) => new() { Seconds = seconds };

    public static long Seconds(Duration duration) => duration.Seconds;
}
