using System.Globalization;
using System.Text;
using Moldau.Core;

namespace Moldau.Coordination;

/// <summary>
/// Reads the syntax of RE2, as RE2/J does with its default flags, and says the same in the syntax of <see cref="System.Text.RegularExpressions"/>.
/// Names of topics are ASCII, so classes become the ASCII characters they hold; what differs only in where a match ends (lazy quantifiers) or on line
/// feeds is dropped, as the whole name must match. Used once, by one thread.
/// </summary>
internal sealed partial class TopicPatternParser(string text)
{
    private const string InvalidCharRange = "invalid character class range";
    private const string InvalidEscape = "invalid escape sequence";
    private const string InvalidNamedCapture = "invalid named capture";
    private const string InvalidRepeatSize = "invalid repeat count";
    private const string MissingRepeatArgument = "missing argument to repetition operator";

    private const int RepeatMax = 1000;

    /// <summary>How many characters and classes a pattern may have once its counted repetitions are written out: this bounds memory and time.</summary>
    private const int SizeMax = 10_000;

    private readonly StringBuilder _out = new(@"\A(?:");
    private readonly Stack<Group> _groups = new();
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private int _at;
    private bool _fold;

    /// <summary>Where the last item begins in the output: what a repetition is of. Negative when there is none.</summary>
    private int _item = -1;

    private int _itemSize;
    private int _groupSize;

    /// <summary>The pattern for .NET's engine, once <see cref="Parse"/> has returned null.</summary>
    public string Translated => _out.ToString();

    private bool More => _at < text.Length;

    /// <summary>Reads it all; returns what is wrong, or null.</summary>
    public string? Parse()
    {
        try
        {
            ParseAll();
            return null;
        }
        catch (TopicPatternException exception)
        {
            return exception.Message;
        }
    }

    private void ParseAll()
    {
        var afterRepeat = false;
        while (More)
        {
            var isRepeat = false;
            switch (text[_at])
            {
                case '(':
                    OpenGroup();
                    break;
                case ')':
                    CloseGroup();
                    break;
                case '|':
                    _at++;
                    _out.Append('|');
                    _item = -1;
                    break;
                case '^':
                    _at++;
                    AppendItem(@"(?:\A)");
                    break;
                case '$':
                    _at++;
                    AppendItem(@"(?:\z)");
                    break;
                case '[':
                    ParseClass();
                    break;
                case '\\':
                    ParseBackslash();
                    break;
                case '*' or '+' or '?' or '{':
                    ParseRepetition(afterRepeat);
                    isRepeat = true;
                    break;
                default:
                    ParseOther();
                    break;
            }

            afterRepeat = isRepeat;
        }

        if (_groups.Count > 0)
        {
            throw new TopicPatternException("missing closing )");
        }

        _out.Append(@")\z");
    }

    private void ParseOther()
    {
        if (text[_at] == '.')
        {
            _at++;
            AppendItem(@"[\s\S]");
            return;
        }

        Literal(Pop());
    }

    private void OpenGroup()
    {
        if (!LookingAt("(?"))
        {
            _at++;
            PushGroup();
            return;
        }

        if (LookingAt("(?P<") || LookingAt("(?<"))
        {
            OpenNamedGroup();
            return;
        }

        ParseFlags();
    }

    private void OpenNamedGroup()
    {
        var begin = _at + (text[_at + 2] == 'P' ? 4 : 3);
        var end = text.IndexOf('>', begin);
        if (end <= begin)
        {
            throw new TopicPatternException(InvalidNamedCapture);
        }

        var name = text[begin..end];
        if (!name.All(c => c == '_' || char.IsAsciiLetterOrDigit(c)))
        {
            throw new TopicPatternException(InvalidNamedCapture);
        }

        if (!_names.Add(name))
        {
            throw new TopicPatternException("duplicate capture group name");
        }

        _at = end + 1;
        PushGroup();
    }

    private void ParseFlags()
    {
        _at += 2;
        var fold = _fold;
        var negated = false;
        var sawFlag = false;
        while (More)
        {
            switch (text[_at++])
            {
                case 'i':
                    fold = !negated;
                    sawFlag = true;
                    continue;
                case 'm' or 's' or 'U':
                    sawFlag = true;
                    continue;
                case '-' when !negated:
                    negated = true;
                    sawFlag = false;
                    continue;
                case ')' when !negated || sawFlag:
                    _fold = fold;
                    return;
                case ':' when !negated || sawFlag:
                    PushGroup();
                    _fold = fold;
                    return;
            }

            break;
        }

        throw new TopicPatternException("invalid or unsupported Perl syntax");
    }

    private void PushGroup()
    {
        _groups.Push(new Group(_out.Length, _fold, _groupSize));
        _out.Append("(?:");
        _groupSize = 0;
        _item = -1;
    }

    private void CloseGroup()
    {
        _at++;
        if (!_groups.TryPop(out var group))
        {
            throw new TopicPatternException("regexp/syntax: internal error");
        }

        _out.Append(')');
        _item = group.Start;
        _itemSize = Math.Max(_groupSize, 1);
        _fold = group.Fold;
        _groupSize = Sized(group.SizeBefore + _itemSize);
    }

    /// <summary>Reads a repetition of the last item, or a brace that is none and so stands for itself; neither may be repeated at once.</summary>
    private void ParseRepetition(bool afterRepeat)
    {
        var start = _at;
        var operation = text[_at].ToString();
        var times = 1;
        if (text[_at] == '{')
        {
            if (!TryParseCounts(out var min, out var max))
            {
                _at = start;
                Literal(Pop());
                return;
            }

            operation = string.Create(CultureInfo.InvariantCulture, $"{{{min}{(max == min ? string.Empty : max < 0 ? "," : $",{max}")}}}");
            times = Math.Max(Math.Max(min, max), 1);
        }
        else
        {
            _at++;
        }

        if (More && text[_at] == '?')
        {
            _at++;
        }

        if (afterRepeat)
        {
            throw new TopicPatternException("invalid nested repetition operator");
        }

        if (_item < 0)
        {
            throw new TopicPatternException(MissingRepeatArgument);
        }

        // What was quantified before a group of flags may be quantified again ("a+(?i)+"): brackets keep the two apart.
        _out.Insert(_item, "(?:").Append(')').Append(operation);
        _groupSize = Sized(_groupSize + ((times - 1) * (long)_itemSize));
        _itemSize = (int)Math.Min((long)_itemSize * times, SizeMax);
    }

    /// <summary>Reads a count in braces; false when the text is none.</summary>
    private bool TryParseCounts(out int min, out int max)
    {
        _at++;
        max = -1;
        if (!TryParseNumber(out min) || !More)
        {
            return false;
        }

        if (text[_at] != ',')
        {
            max = min;
        }
        else
        {
            _at++;
            if (!More || (text[_at] != '}' && !TryParseNumber(out max)))
            {
                return false;
            }
        }

        if (!More || text[_at] != '}')
        {
            return false;
        }

        _at++;
        return min <= RepeatMax && max <= RepeatMax && (max < 0 || min <= max) ? true : throw new TopicPatternException(InvalidRepeatSize);
    }

    private bool TryParseNumber(out int number)
    {
        var start = _at;
        while (More && char.IsAsciiDigit(text[_at]))
        {
            _at++;
        }

        number = -1;
        var length = _at - start;
        if (length == 0 || (length > 1 && text[start] == '0'))
        {
            return false;
        }

        number = length > 8 ? int.MaxValue : int.Parse(text.AsSpan(start, length), CultureInfo.InvariantCulture);
        return true;
    }

    private void Literal(int codePoint)
    {
        var set = new AsciiSet();
        set.AddRange(codePoint, codePoint, _fold);
        AppendSet(set);
    }

    private void AppendSet(AsciiSet set)
    {
        _item = _out.Length;
        set.AppendTo(_out);
        CountItem();
    }

    private void AppendItem(string item)
    {
        _item = _out.Length;
        _out.Append(item);
        CountItem();
    }

    private void CountItem()
    {
        _itemSize = 1;
        _groupSize = Sized(_groupSize + 1L);
    }

    private static int Sized(long size) => size <= SizeMax ? (int)size : throw new TopicPatternException(InvalidRepeatSize);

    private bool LookingAt(string what) => text.AsSpan(_at).StartsWith(what);

    /// <summary>Takes one code point; there is one.</summary>
    private int Pop()
    {
        Invariant.That(More);
        var codePoint = char.IsHighSurrogate(text[_at]) && _at + 1 < text.Length && char.IsLowSurrogate(text[_at + 1])
            ? char.ConvertToUtf32(text[_at], text[_at + 1])
            : text[_at];
        _at += codePoint > char.MaxValue ? 2 : 1;
        return codePoint;
    }

    private readonly record struct Group(int Start, bool Fold, int SizeBefore);
}
