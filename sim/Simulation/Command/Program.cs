using System.Globalization;

namespace Moldau.Simulation;

/// <summary><c>sim/run</c>: simulates with many seeds. Exit codes: 0 all held, 1 an invariant broke, 2 wrong arguments.</summary>
internal static class Program
{
    private const string Usage = "usage: sim/run --seeds N [--from SEED] [--jobs J] [--scenario NAME] [--flaw NAME] [--trace]";

    private static int Main(string[] arguments)
    {
        int? seeds = null;
        ulong from = 1;
        int jobs = Environment.ProcessorCount;
        string? name = null;
        Flaw flaw = Flaw.None;
        bool withTrace = arguments.Contains("--trace");
        arguments = [.. arguments.Where(argument => argument != "--trace")];
        for (int i = 0; i < arguments.Length; i += 2)
        {
            string value = i + 1 < arguments.Length ? arguments[i + 1] : "";
            bool ok = arguments[i] switch
            {
                "--seeds" => (seeds = int.TryParse(value, CultureInfo.InvariantCulture, out int many) ? many : 0) > 0,
                "--from" => ulong.TryParse(value, CultureInfo.InvariantCulture, out from),
                "--jobs" => int.TryParse(value, CultureInfo.InvariantCulture, out jobs) && jobs > 0,
                "--flaw" => Flaw.TryParse(value, out flaw),
                "--scenario" => (name = value).Length > 0,
                _ => false,
            };
            if (!ok)
            {
                Console.Error.WriteLine($"sim: '{arguments[i]} {value}' is not understood. {Usage}");
                return 2;
            }
        }

        IScenario[] chosen = [.. Scenarios.All.Where(scenario => name is null || scenario.Name == name)];
        if (chosen.Length == 0)
        {
            Console.Error.WriteLine($"sim: there is no scenario {name}; there are {string.Join(", ", Scenarios.All.Select(scenario => scenario.Name))}");
            return 2;
        }

        bool held = true;
        foreach (IScenario scenario in chosen)
        {
            held &= new SimulationRunner(scenario, jobs, flaw, seeds == 1 ? int.MaxValue : SimTrace.LinesKeptDefault, withTrace).Run(from, seeds ?? scenario.Share, Console.Out);
        }

        return held ? 0 : 1;
    }
}
