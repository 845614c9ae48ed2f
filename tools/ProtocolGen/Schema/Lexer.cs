namespace Moldau.ProtocolGen.Schema;

/// <summary>Cuts a schema file into tokens. A line end is a token ("\n"), as fields end with their line; comments begin with "#".</summary>
public static class Lexer
{
    public static List<Token> Tokens(string text)
    {
        var tokens = new List<Token>();
        string[] lines = text.Split('\n');
        for (int line = 0; line < lines.Length; line++)
        {
            int before = tokens.Count;
            AddLine(tokens, lines[line], line + 1);
            if (tokens.Count > before)
            {
                tokens.Add(new Token("\n", line + 1));
            }
        }
        return tokens;
    }

    private static void AddLine(List<Token> tokens, string line, int number)
    {
        int i = 0;
        while (i < line.Length && line[i] != '#')
        {
            char c = line[i];
            if (char.IsWhiteSpace(c))
            {
                i++;
                continue;
            }
            int start = i;
            if (c == '"')
            {
                i = line.IndexOf('"', i + 1) + 1;
                if (i == 0)
                {
                    throw new SchemaException($"line {number}: a text has no end");
                }
            }
            else if (IsWord(c))
            {
                while (i < line.Length && IsWord(line[i]))
                {
                    i++;
                }
            }
            else
            {
                i++;
            }
            tokens.Add(new Token(line[start..i], number));
        }
    }

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '+' or '_';
}
