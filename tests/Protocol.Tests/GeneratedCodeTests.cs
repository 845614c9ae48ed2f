using Moldau.ProtocolGen;

namespace Moldau.Protocol.Tests;

/// <summary>The committed classes are those that the schemas make.</summary>
public class GeneratedCodeTests
{
    [Fact]
    public void Generated_code_is_up_to_date()
    {
        SortedDictionary<string, string> files = Generator.Generate(RepositoryFolder.Schemas);
        OutputFolder.OutOfDate(Path.Combine(RepositoryFolder.Root, "src", "Protocol", "Generated"), files)
            .ShouldBeEmpty("run: dotnet run --project tools/ProtocolGen");
    }
}
