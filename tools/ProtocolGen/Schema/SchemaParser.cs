namespace Moldau.ProtocolGen.Schema;

/// <summary>
/// Reads one schema file; schemas/README.md describes the language. One parser reads one file.
/// </summary>
public sealed class SchemaParser
{
    private readonly List<Token> _tokens;
    private readonly string _path;
    private readonly string _folder;
    private MessageSchema _message = null!;
    private int _next;

    private SchemaParser(string path, string folder, string text)
    {
        _path = path;
        _folder = folder;
        try
        {
            _tokens = Lexer.Tokens(text);
        }
        catch (SchemaException wrong)
        {
            throw new SchemaException($"{path}: {wrong.Message}");
        }
    }

    public static MessageSchema Parse(string path, string folder, string text) => new SchemaParser(path, folder, text).ParseMessage();

    private MessageSchema ParseMessage()
    {
        string kindWord = Take();
        if (!Enum.TryParse(kindWord, ignoreCase: true, out MessageKind kind))
        {
            throw Wrong($"'{kindWord}' is no kind of message");
        }
        _message = new MessageSchema { Name = Take(), Kind = kind, Folder = _folder };
        if (_message.Name != Path.GetFileNameWithoutExtension(_path))
        {
            throw Wrong($"the file of {_message.Name} must have its name");
        }
        Expect("{");
        Expect("\n");
        while (TryAttribute())
        {
            Expect("\n");
        }
        _message.Root = new StructSchema { Name = _message.Name, Scope = _message.Versions };
        while (!TryTake("}"))
        {
            if (Peek() == "struct" && Peek(1) != ":")
            {
                ParseStruct();
            }
            else
            {
                ParseField(_message.Root);
            }
        }
        SchemaChecks.Finish(_message, _path);
        return _message;
    }

    private bool TryAttribute()
    {
        if (Peek(1) == ":")
        {
            return false;
        }
        switch (Peek())
        {
            case "key":
                Take();
                _message.Key = TakeInt();
                return true;
            case "versions":
                Take();
                _message.Versions = Peek() == "none" ? TakeNone() : TakeRange(new VersionRange(0, VersionRange.Open));
                _message.Unstable = TryTake("unstable") ? TakeInt() : null;
                return true;
            case "flexible":
                Take();
                _message.Flexible = Peek() == "none" ? TakeNone() : TakeRange(_message.Versions);
                return true;
            case "listeners":
                do
                {
                    Take();
                    _message.Listeners.Add(Take());
                }
                while (Peek() == ",");
                return true;
            case "forwardable":
                Take();
                return _message.IsForwardable = true;
            case "clusterAction":
                Take();
                return _message.IsClusterAction = true;
            case "advertised":
                Take();
                _message.AdvertisedLowest = TakeRange(new VersionRange(0, VersionRange.Open)).Lowest;
                return true;
            default:
                return false;
        }
    }

    private void ParseStruct()
    {
        Expect("struct");
        var type = new StructSchema { Name = Take(), Scope = _message.Versions };
        _message.Structs.Add(type);
        ParseBody(type);
        Expect("\n");
    }

    private void ParseBody(StructSchema type)
    {
        Expect("{");
        Expect("\n");
        while (!TryTake("}"))
        {
            ParseField(type);
        }
    }

    private void ParseField(StructSchema owner)
    {
        string name = Take();
        Expect(":");
        bool isArray = TryTake("[");
        if (isArray)
        {
            Expect("]");
        }
        string type = Take();
        bool isPrimitive = Primitive.TryGet(type, out Primitive primitive);
        bool isNullable = TryTake("?");
        VersionRange? nullable = isNullable && char.IsAsciiDigit(Peek()[0]) ? TakeRange(_message.Versions) : null;
        VersionRange versions = Peek() == "[" ? TakeBrackets() : owner.Scope;
        int? tag = TryTake("tag") ? TakeInt() : null;
        VersionRange tagged = tag is null ? VersionRange.None : Peek() == "[" ? TakeBrackets() : versions;
        bool ignorable = TryTake("ignorable");
        TryTake("key");
        bool inflexible = TryTake("inflexible");
        string? value = TryTake("=") ? Take() : null;
        var field = new FieldSchema
        {
            Name = name,
            Primitive = isPrimitive ? primitive : null,
            StructName = isPrimitive ? null : type,
            IsArray = isArray,
            Versions = versions,
            NullableVersions = isNullable ? nullable ?? versions : VersionRange.None,
            Tag = tag,
            TaggedVersions = tagged,
            IsIgnorable = ignorable,
            IsInflexible = inflexible,
            Default = value,
        };
        owner.Fields.Add(field);
        if (Peek() == "{")
        {
            var inner = new StructSchema { Name = type, Scope = versions.And(owner.Scope) };
            _message.Structs.Add(inner);
            ParseBody(inner);
        }
        Expect("\n");
    }

    private VersionRange TakeBrackets()
    {
        Expect("[");
        VersionRange range = TakeRange(_message.Versions);
        Expect("]");
        return range;
    }

    private VersionRange TakeNone()
    {
        Take();
        return VersionRange.None;
    }

    private VersionRange TakeRange(VersionRange all)
    {
        string text = Take();
        string[] ends = text.TrimEnd('+').Split('-');
        if (ends.Length > 2 || !ends.All(end => int.TryParse(end, out _)))
        {
            throw Wrong($"'{text}' is no range of versions");
        }
        int lowest = int.Parse(ends[0]);
        int highest = text.EndsWith('+') ? all.Highest : int.Parse(ends[^1]);
        return new VersionRange(lowest, highest);
    }

    private int TakeInt()
    {
        string text = Take();
        return int.TryParse(text, out int value) ? value : throw Wrong($"'{text}' is no number");
    }

    private string Peek(int ahead = 0) => _next + ahead < _tokens.Count ? _tokens[_next + ahead].Text : "";

    private string Take()
    {
        if (_next >= _tokens.Count)
        {
            throw Wrong("the file ends too early");
        }
        return _tokens[_next++].Text;
    }

    private bool TryTake(string text)
    {
        if (Peek() != text)
        {
            return false;
        }
        _next++;
        return true;
    }

    private void Expect(string text)
    {
        if (!TryTake(text))
        {
            throw Wrong($"'{Peek()}' stands where '{text}' must be".Replace("\n", "line end"));
        }
    }

    private SchemaException Wrong(string what)
    {
        int line = _tokens.Count == 0 ? 1 : _tokens[Math.Min(_next, _tokens.Count - 1)].Line;
        return new SchemaException($"{_path}({line}): {what}");
    }
}
