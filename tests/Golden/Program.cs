using System.Globalization;
using Moldau.Golden;

// moldau golden: PATH... (files or folders). One line a file, then "N lines agree, M differ"; exit code 1 when something differs, 2 when there is nothing to read.
if (args.Length == 0)
{
    await Console.Error.WriteLineAsync("usage: Moldau.Golden PATH…, each a golden file or a folder of them");
    return 2;
}

long agree = 0;
long differ = 0;
var files = 0;
foreach (var path in args)
{
    if (!File.Exists(path) && !Directory.Exists(path))
    {
        await Console.Error.WriteLineAsync($"{path}: no such file or folder");
        return 2;
    }

    foreach (var file in GoldenRun.FilesIn(path))
    {
        var result = GoldenRun.Check(file);
        files++;
        agree += result.Agree;
        differ += result.Differ;
        var name = file == path ? file : Path.GetRelativePath(path, file);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(result.Differ == 0 ? "ok  " : "FAIL")} {name}: {result.Agree} agree, {result.Differ} differ"));
        foreach (var difference in result.Differences)
        {
            Console.WriteLine("     " + difference);
        }
    }
}

if (files == 0)
{
    await Console.Error.WriteLineAsync("no golden files there");
    return 2;
}

Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{agree} lines agree, {differ} differ"));
return differ == 0 ? 0 : 1;
