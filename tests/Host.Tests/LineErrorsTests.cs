namespace Moldau.Host.Tests;

public class LineErrorsTests
{
    [Theory]
    [InlineData("Cannot parse argument 'abc' for option '--partitions' as expected type 'System.Int32'.", "--partitions 'abc': it must be a whole number")]
    [InlineData("Cannot parse argument '' for option '--start-offset' as expected type 'System.Nullable`1[System.Int64]'.", "--start-offset '': it must be a whole number")]
    [InlineData("Cannot parse argument 'x' for option '--json' as expected type 'System.Boolean'.", "--json 'x': it must be true or false")]
    [InlineData("Option '--file' is required.", "Option '--file' is required.")]
    public void What_the_parser_says_names_no_types(string said, string plain) => LineErrors.Plain(said).ShouldBe(plain);
}
