using System.Globalization;
using System.Text;

namespace Moldau.Coordination;

/// <summary>
/// The characters of a class of a <see cref="TopicPattern"/> as far as they may be in a topic's name: ASCII. Used by one thread.
/// </summary>
internal sealed class AsciiSet
{
    private const int KelvinSign = 0x212A;
    private const int LongS = 0x17F;

    /// <summary>One letter or two for the general categories, and the scripts that RE2/J knows.</summary>
    private static readonly HashSet<string> s_names = [.. (
        "Any C Cc Cf Co Cs L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs "
        + "Arabic Armenian Avestan Balinese Bamum Batak Bengali Bopomofo Brahmi Braille Buginese Buhid Canadian_Aboriginal Carian Cham Cherokee Common "
        + "Coptic Cuneiform Cypriot Cyrillic Deseret Devanagari Egyptian_Hieroglyphs Ethiopic Georgian Glagolitic Gothic Greek Gujarati Gurmukhi Han Hangul "
        + "Hanunoo Hebrew Hiragana Imperial_Aramaic Inherited Inscriptional_Pahlavi Inscriptional_Parthian Javanese Kaithi Kannada Katakana Kayah_Li "
        + "Kharoshthi Khmer Lao Latin Lepcha Limbu Linear_B Lisu Lycian Lydian Malayalam Mandaic Meetei_Mayek Mongolian Myanmar New_Tai_Lue Nko Ogham "
        + "Ol_Chiki Old_Italic Old_Persian Old_South_Arabian Old_Turkic Oriya Osmanya Phags_Pa Phoenician Rejang Runic Samaritan Saurashtra Shavian Sinhala "
        + "Sundanese Syloti_Nagri Syriac Tagalog Tagbanwa Tai_Le Tai_Tham Tai_Viet Tamil Telugu Thaana Thai Tibetan Tifinagh Ugaritic Vai Yi").Split(' ')];

    private readonly bool[] _has = new bool[128];

    /// <summary>Adds a range of code points; with <paramref name="fold"/> those that differ from one of them in case only, too.</summary>
    public void AddRange(int low, int high, bool fold)
    {
        for (var c = 0; c < _has.Length; c++)
        {
            var other = char.IsAsciiLetter((char)c) ? c ^ 0x20 : c;
            _has[c] |= IsIn(c) || (fold && (IsIn(other) || ((c | 0x20) == 'k' && IsIn(KelvinSign)) || ((c | 0x20) == 's' && IsIn(LongS))));
        }

        bool IsIn(int c) => c >= low && c <= high;
    }

    /// <summary>Adds those for which the predicate holds, or with <paramref name="negated"/> does not; case folding comes first.</summary>
    public void AddWhere(Func<char, bool> predicate, bool negated, bool fold)
    {
        for (var c = 0; c < _has.Length; c++)
        {
            var holds = predicate((char)c) || (fold && char.IsAsciiLetter((char)c) && predicate((char)(c ^ 0x20)));
            _has[c] |= holds != negated;
        }
    }

    /// <summary>Adds a general category or a script; false when there is none of that name.</summary>
    public bool AddUnicode(string name, bool negated, bool fold)
    {
        if (!s_names.Contains(name))
        {
            return false;
        }

        AddWhere(c => IsOf(c, name), negated, fold);
        return true;
    }

    public void Negate()
    {
        for (var c = 0; c < _has.Length; c++)
        {
            _has[c] = !_has[c];
        }
    }

    /// <summary>Appends the class in the syntax of <see cref="System.Text.RegularExpressions"/>, each character escaped by its number.</summary>
    public void AppendTo(StringBuilder pattern)
    {
        if (!_has.Contains(true))
        {
            pattern.Append(@"[^\s\S]");
            return;
        }

        pattern.Append('[');
        for (var c = 0; c < _has.Length; c++)
        {
            if (_has[c])
            {
                pattern.Append(@"\x").Append(c.ToString("x2", CultureInfo.InvariantCulture));
            }
        }

        pattern.Append(']');
    }

    private static bool IsOf(char c, string name) => name switch
    {
        "Any" => true,
        "Latin" => char.IsAsciiLetter(c),
        "Common" => !char.IsAsciiLetter(c),
        { Length: <= 2 } => CategoryOf(c).StartsWith(name, StringComparison.Ordinal),
        _ => false,
    };

    private static string CategoryOf(char c) => char.GetUnicodeCategory(c) switch
    {
        UnicodeCategory.UppercaseLetter => "Lu",
        UnicodeCategory.LowercaseLetter => "Ll",
        UnicodeCategory.DecimalDigitNumber => "Nd",
        UnicodeCategory.ConnectorPunctuation => "Pc",
        UnicodeCategory.DashPunctuation => "Pd",
        UnicodeCategory.OpenPunctuation => "Ps",
        UnicodeCategory.ClosePunctuation => "Pe",
        UnicodeCategory.OtherPunctuation => "Po",
        UnicodeCategory.MathSymbol => "Sm",
        UnicodeCategory.CurrencySymbol => "Sc",
        UnicodeCategory.ModifierSymbol => "Sk",
        UnicodeCategory.SpaceSeparator => "Zs",
        _ => "Cc",
    };
}
