namespace Moldau.Client;

/// <summary>Which flaw of the client is on, for the worlds of this thread. The files of <c>Flaws</c> ask.</summary>
public static partial class ClientFlaws
{
    [ThreadStatic]
    private static string? _current;

    /// <summary>Flaws whose passage is not in the client any more: their files have to follow it.</summary>
    public static IReadOnlyList<string> Lost => LostNames;

    /// <summary>Switches a flaw on by its name, and all others off.</summary>
    public static void Use(string? name) => _current = name;

    public static bool Is(string name) => _current == name;
}
