using System.Xml.Linq;

namespace Moldau.Tidy;

/// <summary>The arrows between rooms (ARCHITECTURE.md, "Rooms and arrows"): who may know whom, directly or through others.</summary>
public class Layering
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Core"] = [],
        ["Runtime"] = ["Core"],
        ["Configuration"] = ["Core"],
        ["Protocol"] = ["Core"],
        ["Runtime.Os"] = ["Runtime"],
        ["Records"] = ["Core", "Protocol"],
        ["Storage"] = ["Records", "Runtime"],
        ["Raft"] = ["Protocol", "Runtime", "Storage"],
        ["Metadata"] = ["Protocol", "Records", "Configuration"],
        ["Controller"] = ["Metadata", "Raft"],
        ["Replication"] = ["Storage", "Metadata"],
        ["Coordination"] = ["Metadata", "Records", "Runtime"],
        ["Security"] = ["Protocol", "Metadata", "Runtime"],
        ["Broker"] = ["Configuration", "Controller", "Replication", "Coordination", "Security"],
        ["Client"] = ["Configuration", "Protocol", "Records", "Runtime", "Runtime.Os"],
        ["Cli"] = ["Client"],
        ["Embedded"] = ["Broker", "Runtime.Os"],
        ["Hosting"] = ["Client"],
        ["Client.Protobuf"] = ["Client"],
        ["Host"] = ["Broker", "Cli", "Runtime.Os"],
        ["Testing"] = ["Embedded", "Client"],
    };

    [Fact]
    public void Each_room_knows_only_the_rooms_below_it()
    {
        var violations = new List<string>();
        foreach (var project in Repository.Projects().Where(path => path.Contains("/src/", StringComparison.Ordinal)))
        {
            var name = Path.GetFileNameWithoutExtension(project);
            if (!Allowed.TryGetValue(name, out var allowed))
            {
                violations.Add($"{name} is a room without a row in {nameof(Layering)}");
                continue;
            }

            violations.AddRange(References(project).Except(allowed).Select(other => $"{name} must not know {other}"));
        }

        violations.ShouldBeEmpty();
    }

    [Fact]
    public void The_rows_make_no_circle()
    {
        foreach (var room in Allowed.Keys)
        {
            Reachable(room).ShouldNotContain(room, $"{room} reaches itself");
        }
    }

    [Fact]
    public void A_project_lies_in_the_folder_of_its_name_and_is_in_the_solution()
    {
        var solution = File.ReadAllText(Path.Combine(Repository.Root, "Moldau.slnx"));
        foreach (var project in Repository.Projects())
        {
            var relative = Path.GetRelativePath(Repository.Root, project);
            Path.GetFileName(Path.GetDirectoryName(project)).ShouldBe(Path.GetFileNameWithoutExtension(project));
            solution.ShouldContain($"\"{relative}\"", Case.Sensitive, $"{relative} is not in Moldau.slnx");
        }
    }

    private static IEnumerable<string> References(string project) =>
        XDocument.Load(project).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value));

    private static HashSet<string> Reachable(string room)
    {
        var seen = new HashSet<string>();
        var open = new Stack<string>(Allowed[room]);
        while (open.TryPop(out var next))
        {
            if (seen.Add(next))
            {
                Array.ForEach(Allowed[next], open.Push);
            }
        }

        return seen;
    }
}
