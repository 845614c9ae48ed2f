using System.Runtime.Loader;
using Moldau.StartProfile;

// Methods that the runtime still compiles at a start, by the names that it gives them, become a profile that the publication compiles ahead. ./make beside this file does all of it.
if (args.Length != 4)
{
    Console.Error.WriteLine("usage: StartProfile OUTPUT.mibc DIRECTORY-OF-ASSEMBLIES LIST NEW: what is new goes into the list, and all of the list into the output");
    return 2;
}

foreach (string file in Directory.EnumerateFiles(Path.GetFullPath(args[1]), "*.dll"))
{
    if (Path.GetFileName(file) is { } name && (name.StartsWith("Moldau.", StringComparison.Ordinal) || name.StartsWith("Microsoft.", StringComparison.Ordinal) || name == "moldau.dll"))
    {
        AssemblyLoadContext.Default.LoadFromAssemblyPath(file);
    }
}

foreach (string name in ProfileAssemblies.OfTheFramework)
{
    AssemblyLoadContext.Default.LoadFromAssemblyName(new(name));
}

var methods = new MethodNames(AssemblyLoadContext.Default.Assemblies);
var profile = new ProfileWriter();
int unknown = 0;
List<string> kept = [];
foreach (string line in args[2..].Where(File.Exists).SelectMany(File.ReadLines).Select(MethodNames.Trim).OfType<string>().Distinct().Order(StringComparer.Ordinal))
{
    try
    {
        foreach (var method in methods.Find(line))
        {
            profile.Add(method);
        }

        kept.Add(line);
    }
    catch (Exception exception) when (exception is FormatException or ArgumentException or TypeLoadException or NotSupportedException)
    {
        unknown++;
        Console.Error.WriteLine($"left out: {line}: {exception.Message}");
    }
}

profile.Save(args[0]);
File.WriteAllLines(args[2], kept);
Console.WriteLine($"{profile.Count} methods in {args[0]}, {unknown} left out");
return 0;
