namespace Moldau.Metadata.Tests;

public sealed class TopicNamesTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("...")]
    [InlineData("A-b_c.9")]
    public void A_legal_name_has_nothing_wrong(string name) => TopicNames.Validate(name).ShouldBeNull();

    [Theory]
    [InlineData("", "Topic name is invalid: the empty string is not allowed")]
    [InlineData(".", "Topic name is invalid: '.' is not allowed")]
    [InlineData("..", "Topic name is invalid: '..' is not allowed")]
    [InlineData("a b", "Topic name is invalid: 'a b' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'")]
    public void An_illegal_name_says_what_is_wrong(string name, string message) => TopicNames.Validate(name).ShouldBe(message);

    [Fact]
    public void A_name_may_have_249_characters_and_no_more()
    {
        TopicNames.Validate(new string('x', 249)).ShouldBeNull();
        TopicNames.Validate(new string('x', 250)).ShouldNotBeNull().ShouldContain("longer than the max allowed length 249");
    }

    [Fact]
    public void Dot_and_underscore_collide()
    {
        TopicNames.HasCollision("a.b", "a_b").ShouldBeTrue();
        TopicNames.HasCollision("a.b", "a-b").ShouldBeFalse();
    }
}
