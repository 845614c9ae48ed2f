using Moldau.ProtocolGen.Schema;

namespace Moldau.Protocol.Tests;

/// <summary>Schemas whose readers could not be safe are refused, with the place.</summary>
public class SchemaTests
{
    [Theory]
    [InlineData("Things: []Thing {\n Things: []Thing\n }", "holds itself")]
    [InlineData("Things: []Thing {\n Name: string [1+] tag 0\n Late: int8 [1+]\n }", "take no bytes")]
    [InlineData("Name: strin", "not known")]
    [InlineData("Name: string = null", "never null")]
    [InlineData("Name: string [3+]", "in no version")]
    [InlineData("Name: string tag 0", "not flexible")]
    [InlineData("Name: string\n Name: int8", "two fields of one name")]
    public void Wrong_schemas_are_refused(string fields, string reason)
    {
        string text = $"data Wrong {{\n versions 0-1\n flexible 1+\n {fields}\n}}\n";
        Should.Throw<SchemaException>(() => SchemaParser.Parse("Wrong.mds", "api", text)).Message.ShouldContain(reason);
    }

    [Fact]
    public void A_wrong_word_is_refused_with_its_line() =>
        Should.Throw<SchemaException>(() => SchemaParser.Parse("Wrong.mds", "api", "data Wrong {\n versions 0\n\n Name string\n}\n")).Message.ShouldContain("(4)");
}
