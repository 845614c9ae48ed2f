using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Moldau.Configuration.Tests;

public class PropertiesReaderTests
{
    [Theory]
    [InlineData("a=b", "a", "b")]
    [InlineData("a:b", "a", "b")]
    [InlineData("a b", "a", "b")]
    [InlineData("  a   =   b  ", "a", "b  ")]
    [InlineData("a==b", "a", "=b")]
    [InlineData("a : = b", "a", "= b")]
    [InlineData("a", "a", "")]
    [InlineData("a=", "a", "")]
    [InlineData("a=b=c:d", "a", "b=c:d")]
    [InlineData("a\\=x=b", "a=x", "b")]
    [InlineData("a\\ x=b", "a x", "b")]
    [InlineData("a=1,\\\n   2,\\\r\n\t3", "a", "1,2,3")]
    [InlineData("a=b\\\\\nc=d", "a", "b\\")]
    [InlineData("a=\\t\\n\\r\\f\\q", "a", "\t\n\r\fq")]
    [InlineData("a=\\u0041\\u00e9", "a", "Aé")]
    [InlineData("a=b\na=c", "a", "c")]
    [InlineData("# x\n ! y\n\na=b # no comment", "a", "b # no comment")]
    [InlineData("a=b\\", "a", "b")]
    [InlineData("a=x\\\n# not a comment", "a", "x# not a comment")]
    public void Files_are_read_as_Java_reads_them(string text, string key, string value) => PropertiesReader.Read(text)[key].ShouldBe(value);

    [Fact]
    public void Bytes_are_ISO_8859_1() => PropertiesReader.Read([(byte)'a', (byte)'=', 0xE9])["a"].ShouldBe("é");

    [Theory]
    [InlineData("a=\\u12")]
    [InlineData("a=\\u12x4")]
    public void A_malformed_escape_is_refused_with_its_line(string text) =>
        Should.Throw<ConfigurationException>(() => PropertiesReader.Read("x=y\n" + text)).Message.ShouldStartWith("line 2: malformed \\uxxxx escape");

    [Fact]
    public void Whatever_is_escaped_is_read_back()
    {
        Gen<string> text = Gen.Elements("ab=:# !\\\t\r\n\f\u00e9\u4e2d".ToCharArray()).ArrayOf().Select(chars => new string(chars));
        Arbitrary<(string Key, string Value)> pairs = text.Zip(text).Select(t => (t.Item1, t.Item2)).ToArbitrary();
        Prop.ForAll(pairs, pair => pair.Key.Length == 0 || PropertiesReader.Read($"{Escape(pair.Key)}={Escape(pair.Value)}")[pair.Key] == pair.Value)
            .QuickCheckThrowOnFailure();
    }

    private static string Escape(string text)
    {
        var escaped = new StringBuilder();
        foreach (char c in text)
        {
            escaped.Append(c switch
            {
                '\t' => "\\t",
                '\n' => "\\n",
                '\r' => "\\r",
                '\f' => "\\f",
                ' ' or '=' or ':' or '#' or '!' or '\\' => "\\" + c,
                > '~' => $"\\u{(int)c:x4}",
                _ => c.ToString(),
            });
        }

        return escaped.ToString();
    }
}
