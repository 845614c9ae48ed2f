namespace Moldau.Coordination;

internal sealed partial class TopicPatternParser
{
    private void ParseBackslash()
    {
        if (_at + 1 < text.Length)
        {
            switch (text[_at + 1])
            {
                case 'A':
                    _at += 2;
                    AppendItem(@"(?:\A)");
                    return;
                case 'z':
                    _at += 2;
                    AppendItem(@"(?:\z)");
                    return;
                case 'b' or 'B':
                    AppendItem($@"(?:\{text[_at + 1]})");
                    _at += 2;
                    return;
                case 'C':
                    throw new TopicPatternException(InvalidEscape);
                case 'Q':
                    ParseQuoted();
                    return;
            }
        }

        var set = new AsciiSet();
        if (TryParseUnicodeClass(set) || TryParsePerlClass(set))
        {
            AppendSet(set);
            return;
        }

        Literal(ParseEscape());
    }

    private void ParseQuoted()
    {
        var end = text.IndexOf(@"\E", _at + 2, StringComparison.Ordinal);
        var quotedEnd = end < 0 ? text.Length : end;
        _at += 2;
        while (_at < quotedEnd)
        {
            Literal(Pop());
        }

        _at = end < 0 ? text.Length : end + 2;
    }

    private void ParseClass()
    {
        _at++;
        var set = new AsciiSet();
        var negated = More && text[_at] == '^';
        _at += negated ? 1 : 0;
        for (var first = true; first || !More || text[_at] != ']'; first = false)
        {
            if (TryParseNamedClass(set) || TryParseUnicodeClass(set) || TryParsePerlClass(set))
            {
                continue;
            }

            var low = ParseClassChar();
            var high = low;
            if (More && text[_at] == '-' && !LookingAt("-]"))
            {
                _at++;
                high = ParseClassChar();
                if (high < low)
                {
                    throw new TopicPatternException(InvalidCharRange);
                }
            }

            set.AddRange(low, high, _fold);
        }

        _at++;
        if (negated)
        {
            set.Negate();
        }

        AppendSet(set);
    }

    private int ParseClassChar()
    {
        if (!More)
        {
            throw new TopicPatternException("missing closing ]");
        }

        return text[_at] == '\\' ? ParseEscape() : Pop();
    }

    private bool TryParseNamedClass(AsciiSet set)
    {
        if (!LookingAt("[:") || text.IndexOf(":]", _at, StringComparison.Ordinal) is not (>= 0 and var end))
        {
            return false;
        }

        var name = text[(_at + 2)..Math.Max(end, _at + 2)];
        var negated = name.StartsWith('^');
        Func<char, bool> predicate = name.TrimStart('^') switch
        {
            "alnum" => char.IsAsciiLetterOrDigit,
            "alpha" => char.IsAsciiLetter,
            "ascii" => char.IsAscii,
            "blank" => static c => c is ' ' or '\t',
            "cntrl" => char.IsControl,
            "digit" => char.IsAsciiDigit,
            "graph" => static c => c is > ' ' and < '\x7f',
            "lower" => char.IsAsciiLetterLower,
            "print" => static c => c is >= ' ' and < '\x7f',
            "punct" => static c => c is > ' ' and < '\x7f' && !char.IsAsciiLetterOrDigit(c),
            "space" => static c => c is ' ' or (>= '\t' and <= '\r'),
            "upper" => char.IsAsciiLetterUpper,
            "word" => IsWord,
            "xdigit" => char.IsAsciiHexDigit,
            _ => throw new TopicPatternException(InvalidCharRange),
        };
        _at = end + 2;
        set.AddWhere(predicate, negated, _fold);
        return true;
    }

    private bool TryParsePerlClass(AsciiSet set)
    {
        if (!More || text[_at] != '\\' || _at + 1 >= text.Length)
        {
            return false;
        }

        Func<char, bool>? predicate = text[_at + 1] switch
        {
            'd' or 'D' => char.IsAsciiDigit,
            's' or 'S' => static c => c is '\t' or '\n' or '\f' or '\r' or ' ',
            'w' or 'W' => IsWord,
            _ => null,
        };
        if (predicate is null)
        {
            return false;
        }

        set.AddWhere(predicate, char.IsAsciiLetterUpper(text[_at + 1]), _fold);
        _at += 2;
        return true;
    }

    private bool TryParseUnicodeClass(AsciiSet set)
    {
        if (!LookingAt(@"\p") && !LookingAt(@"\P"))
        {
            return false;
        }

        var negated = text[_at + 1] == 'P';
        _at += 2;
        if (!More)
        {
            throw new TopicPatternException(InvalidCharRange);
        }

        string name;
        if (text[_at] == '{')
        {
            var end = text.IndexOf('}', _at);
            name = end < 0 ? throw new TopicPatternException(InvalidCharRange) : text[(_at + 1)..end];
            _at = end + 1;
        }
        else
        {
            name = Pop() is >= 0 and < char.MaxValue and var c ? ((char)c).ToString() : string.Empty;
        }

        if (name.StartsWith('^'))
        {
            negated = !negated;
            name = name[1..];
        }

        return set.AddUnicode(name, negated, _fold) ? true : throw new TopicPatternException(InvalidCharRange);
    }

    /// <summary>Reads an escape that stands for one character.</summary>
    private int ParseEscape()
    {
        _at++;
        if (!More)
        {
            throw new TopicPatternException("trailing backslash at end of expression");
        }

        var c = Pop();
        switch (c)
        {
            case '0':
            case >= '1' and <= '7' when IsOctalNext():
                return ParseOctal(c - '0');
            case 'x':
                return ParseHex();
            case 'a':
                return 7;
            case 'f':
                return 12;
            case 'n':
                return 10;
            case 'r':
                return 13;
            case 't':
                return 9;
            case 'v':
                return 11;
            default:
                return c <= 0x7f && char.IsAsciiLetterOrDigit((char)c) ? throw new TopicPatternException(InvalidEscape) : c;
        }
    }

    private bool IsOctalNext() => More && text[_at] is >= '0' and <= '7';

    private int ParseOctal(int value)
    {
        for (var digits = 1; digits < 3 && IsOctalNext(); digits++)
        {
            value = (value * 8) + text[_at++] - '0';
        }

        return value;
    }

    private int ParseHex()
    {
        if (More && text[_at] == '{')
        {
            var value = 0;
            for (_at++; More && char.IsAsciiHexDigit(text[_at]) && value <= 0x10FFFF; _at++)
            {
                value = (value * 16) + Convert.ToInt32(text[_at].ToString(), 16);
            }

            var isWhole = More && text[_at] == '}' && text[_at - 1] != '{' && value <= 0x10FFFF;
            _at++;
            return isWhole ? value : throw new TopicPatternException(InvalidEscape);
        }

        if (_at + 1 < text.Length && char.IsAsciiHexDigit(text[_at]) && char.IsAsciiHexDigit(text[_at + 1]))
        {
            _at += 2;
            return Convert.ToInt32(text.Substring(_at - 2, 2), 16);
        }

        throw new TopicPatternException(InvalidEscape);
    }

    private static bool IsWord(char c) => c == '_' || char.IsAsciiLetterOrDigit(c);
}
