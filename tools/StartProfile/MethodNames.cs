using System.Reflection;
using System.Text.RegularExpressions;

namespace Moldau.StartProfile;

/// <summary>Finds methods by the names that the runtime's compiler gives them: <c>Type`1[Argument]:Method[Argument](Parameter,Parameter)</c>.</summary>
internal sealed partial class MethodNames(IEnumerable<Assembly> assemblies)
{
    private const BindingFlags Declared = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static;
    private readonly Assembly[] _assemblies = [.. assemblies];

    /// <summary>The name in a line of the compiler's summary, or of a list of such names; null for what is compiled a second time, and for stubs, which nothing has declared.</summary>
    public static string? Trim(string line)
    {
        string name = SummaryLine().Match(line) is { Success: true } match ? match.Groups[1].Value : line.Contains("JIT compiled", StringComparison.Ordinal) ? "" : line;
        return name.Length == 0 || name[0] == '(' || name.Contains("IL_STUB", StringComparison.Ordinal) ? null : name;
    }

    /// <summary>
    /// All overloads with that many parameters: one too many costs a little room. Throws <see cref="FormatException"/> and what reflection throws for a type that cannot be made.
    /// </summary>
    public List<MethodBase> Find(string name)
    {
        int position = 0;
        Type type = ReadType(name, ref position);
        Expect(name, position++, ':');
        int end = name.AsSpan(position).IndexOfAny('[', '(') + position;
        string method = name[position..end];
        position = end;
        Type[] arguments = name[position] == '[' ? ReadArguments(name, ref position) : [];
        int parameters = CountParameters(name[(position + 1)..^1]);
        List<MethodBase> found = [];
        foreach (MethodBase candidate in type.GetMembers(Declared).OfType<MethodBase>())
        {
            int generic = candidate.IsGenericMethodDefinition ? candidate.GetGenericArguments().Length : 0;
            if (candidate.Name == method && generic == arguments.Length && candidate.GetParameters().Length == parameters && candidate.GetMethodBody() is not null)
            {
                found.Add(generic == 0 ? candidate : ((MethodInfo)candidate).MakeGenericMethod(arguments));
            }
        }

        return found.Count > 0 ? found : throw new FormatException("there is no such method");
    }

    private static int CountParameters(string list)
    {
        if (list.Length == 0)
        {
            return 0;
        }

        int depth = 0;
        int count = 1;
        foreach (char letter in list)
        {
            depth += letter == '[' ? 1 : letter == ']' ? -1 : 0;
            count += letter == ',' && depth == 0 ? 1 : 0;
        }

        return count;
    }

    private Type ReadType(string text, ref int position)
    {
        int start = position;
        while (position < text.Length && text[position] is not ('[' or ']' or ',' or ':'))
        {
            position++;
        }

        Type type = Named(text[start..position]);
        if (position < text.Length && text[position] == '[' && text[position + 1] is not (']' or ','))
        {
            type = type.MakeGenericType(ReadArguments(text, ref position));
        }

        while (position + 1 < text.Length && text[position] == '[' && text[position + 1] == ']')
        {
            type = type.MakeArrayType();
            position += 2;
        }

        return type;
    }

    private Type[] ReadArguments(string text, ref int position)
    {
        List<Type> arguments = [];
        do
        {
            position++;
            arguments.Add(ReadType(text, ref position));
        }
        while (text[position] == ',');
        Expect(text, position++, ']');
        return [.. arguments];
    }

    private Type Named(string name)
    {
        Type? known = name switch
        {
            // Shared code: any class stands for all.
            "System.__Canon" => typeof(object),
            "bool" => typeof(bool),
            "byte" or "ubyte" => typeof(byte),
            "sbyte" => typeof(sbyte),
            "char" => typeof(char),
            "short" => typeof(short),
            "ushort" => typeof(ushort),
            "int" => typeof(int),
            "uint" => typeof(uint),
            "long" => typeof(long),
            "ulong" => typeof(ulong),
            "nint" => typeof(nint),
            "nuint" => typeof(nuint),
            "float" => typeof(float),
            "double" => typeof(double),
            _ => null,
        };
        return known ?? _assemblies.Select(assembly => assembly.GetType(name)).FirstOrDefault(type => type is not null) ?? StateMachine(name)
            ?? throw new FormatException($"there is no type {name}");
    }

    /// <summary>The state machine of an asynchronous method has a number in its name, which another method before it changes.</summary>
    private Type? StateMachine(string name)
    {
        Match match = StateMachineName().Match(name);
        Type? outer = match.Success ? Named(match.Groups[1].Value) : null;
        Type[] found = [.. outer?.GetNestedTypes(Declared).Where(type => StateMachineName().Match($"+{type.Name}").Groups[2].Value == match.Groups[2].Value) ?? []];
        return found.Length == 1 ? found[0] : null;
    }

    private static void Expect(string text, int position, char letter)
    {
        if (position >= text.Length || text[position] != letter)
        {
            throw new FormatException($"'{letter}' is missing at {position}");
        }
    }

    [GeneratedRegex(@"JIT compiled (.*\)) \[(?:Tier0|Tier-0|Instrumented)")]
    private static partial Regex SummaryLine();

    [GeneratedRegex(@"^(.*)\+(<[^>]+>d__)\d+(?:`\d+)?$")]
    private static partial Regex StateMachineName();
}
