namespace Moldau.StartProfile;

/// <summary>The assemblies of the framework that the program uses and this one would not load by itself.</summary>
internal static class ProfileAssemblies
{
    public static readonly string[] OfTheFramework =
    [
        "System.Collections", "System.Collections.Concurrent", "System.Collections.Immutable", "System.Console", "System.Diagnostics.DiagnosticSource", "System.IO.Compression", "System.IO.Pipelines",
        "System.Linq", "System.Memory", "System.Net.NameResolution", "System.Net.Primitives", "System.Net.Security", "System.Net.Sockets", "System.Security.Cryptography", "System.Text.Json",
        "System.Threading", "System.Threading.Channels",
    ];
}
