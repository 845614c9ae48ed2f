using Moldau.Coordination;

namespace Moldau.Coordination.Tests.Groups.Consumer;

public class TopicPatternTests
{
    private static readonly string[] s_topics = ["a", "b", "ab", "aa", "K", "k", "foo", "bar", "foo.bar-1", "x_y", "0"];

    [Theory]
    [InlineData("foo", "foo")]
    [InlineData("foo|bar", "foo bar")]
    [InlineData("foo.*", "foo foo.bar-1")]
    [InlineData("(?i)A(?-i)B?", "a")]
    [InlineData("(?i:A)b?", "a ab")]
    [InlineData(@"\Qfoo.\Ebar-\d", "foo.bar-1")]
    [InlineData("[[:alpha:]]{2,}", "ab aa foo bar")]
    [InlineData("[^a-z]", "K 0")]
    [InlineData("[[:^digit:]-]", "a b K k")]
    [InlineData(@"\pL", "a b K k")]
    [InlineData(@"\p{Lu}", "K")]
    [InlineData(@"\P{Greek}", "a b K k 0")]
    [InlineData("(?i)\u212a", "K k")]
    [InlineData(@"(?P<x>a)(?<y>b)", "ab")]
    [InlineData(@"\x61\x{62}", "ab")]
    [InlineData(@"^a$", "a")]
    [InlineData(@"\Aa\z", "a")]
    [InlineData(@"a+(?s)*", "a aa")]
    [InlineData("a{,2}", "")]
    [InlineData("", "")]
    [InlineData("é", "")]
    public void a_pattern_matches_whole_names_as_in_RE2(string pattern, string expected)
    {
        Assert.True(TopicPattern.TryParse(pattern, out var parsed, out var error), error);
        Assert.Equal(pattern, parsed.Text);
        Assert.Equal(expected, string.Join(' ', s_topics.Where(parsed.Matches)));
    }

    [Theory]
    [InlineData("foo(", "missing closing )")]
    [InlineData("foo)", "regexp/syntax: internal error")]
    [InlineData("[a", "missing closing ]")]
    [InlineData("*a", "missing argument to repetition operator")]
    [InlineData("a|*", "missing argument to repetition operator")]
    [InlineData("a**", "invalid nested repetition operator")]
    [InlineData("a++", "invalid nested repetition operator")]
    [InlineData("a{1001}", "invalid repeat count")]
    [InlineData("a{2,1}", "invalid repeat count")]
    [InlineData("[b-a]", "invalid character class range")]
    [InlineData("[[:what:]]", "invalid character class range")]
    [InlineData(@"\p{Klingon}", "invalid character class range")]
    [InlineData(@"(a)\1", "invalid escape sequence")]
    [InlineData(@"\q", "invalid escape sequence")]
    [InlineData(@"\x{110000}", "invalid escape sequence")]
    [InlineData(@"a\", "trailing backslash at end of expression")]
    [InlineData("(?=a)b", "invalid or unsupported Perl syntax")]
    [InlineData("(?>a)", "invalid or unsupported Perl syntax")]
    [InlineData("(?<!a)", "invalid named capture")]
    [InlineData("(?P<a>x)(?P<a>y)", "duplicate capture group name")]
    public void what_RE2_refuses_is_refused_with_its_words(string pattern, string expected)
    {
        Assert.False(TopicPattern.TryParse(pattern, out _, out var error));
        Assert.Equal(expected, error);
    }

    [Fact]
    public void counts_within_counts_cannot_grow_without_bound() =>
        Assert.False(TopicPattern.TryParse("((a{1000}){1000}){1000}", out _, out _));

    [Fact]
    public void a_pattern_on_which_backtracking_would_never_end_is_matched()
    {
        Assert.True(TopicPattern.TryParse("(a*)*b", out var parsed, out _));
        Assert.False(parsed.Matches(new string('a', 249)));
    }
}
