using Moldau.ProtocolGen;
using Moldau.ProtocolGen.Schema;

// Usage: ProtocolGen [--check] [ROOT]. ROOT is the root of the repository: the nearest folder above that holds schemas/.
bool check = args.Contains("--check");
string? root = args.FirstOrDefault(argument => !argument.StartsWith('-')) ?? FindRoot(Directory.GetCurrentDirectory());
if (root is null)
{
    Console.Error.WriteLine("no folder schemas/ here or above");
    return 2;
}

string output = Path.Combine(root, "src", "Protocol", "Generated");
try
{
    SortedDictionary<string, string> files = Generator.Generate(Path.Combine(root, "schemas"));
    if (!check)
    {
        Console.WriteLine($"{OutputFolder.Update(output, files)} of {files.Count} files written");
        return 0;
    }
    List<string> wrong = OutputFolder.OutOfDate(output, files);
    foreach (string path in wrong)
    {
        Console.Error.WriteLine($"out of date: src/Protocol/Generated/{path}");
    }
    return wrong.Count == 0 ? 0 : 1;
}
catch (SchemaException wrong)
{
    Console.Error.WriteLine(wrong.Message);
    return 2;
}

static string? FindRoot(string start)
{
    for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
    {
        if (Directory.Exists(Path.Combine(folder.FullName, "schemas")))
        {
            return folder.FullName;
        }
    }
    return null;
}
