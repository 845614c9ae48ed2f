namespace Moldau.Records;

/// <summary>Arithmetic of producer sequences, which go from 0 to 2^31-1 and then begin again at 0.</summary>
public static class Sequences
{
    /// <summary>The sequence that comes <paramref name="increment"/> records after.</summary>
    public static int Increment(int sequence, int increment) =>
        sequence > int.MaxValue - increment ? increment - (int.MaxValue - sequence) - 1 : sequence + increment;

    /// <summary>The sequence that came <paramref name="decrement"/> records before.</summary>
    public static int Decrement(int sequence, int decrement) =>
        sequence < decrement ? int.MaxValue - (decrement - sequence) + 1 : sequence - decrement;
}
