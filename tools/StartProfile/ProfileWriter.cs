using System.Reflection;
using System.Reflection.Emit;

namespace Moldau.StartProfile;

/// <summary>
/// Writes a .mibc, the profile that crossgen2 reads: an assembly whose global method AssemblyDictionary names groups, and whose groups hold a token for each method, all as IL that nobody runs.
/// Type initializers are in it for nothing: the builder writes that they have an instance, and crossgen2 does not find them.
/// </summary>
internal sealed class ProfileWriter
{
    /// <summary>A group begins with the assembly that defines its methods; it is taken when the publication compiles all that are named here.</summary>
    private const string Group = "System.Private.CoreLib;";

    private readonly PersistedAssemblyBuilder _assembly = new(new AssemblyName("start"), typeof(object).Assembly);
    private readonly ModuleBuilder _module;
    private readonly MethodBuilder _group;
    private readonly ILGenerator _code;

    public ProfileWriter()
    {
        _module = _assembly.DefineDynamicModule("start");
        _group = _module.DefineGlobalMethod("Assemblies_" + Group, MethodAttributes.Public | MethodAttributes.Static, typeof(void), []);
        _code = _group.GetILGenerator();
    }

    public int Count { get; private set; }

    public void Add(MethodBase method)
    {
        if (method is ConstructorInfo constructor)
        {
            // The generator takes constructors for calls alone.
            _code.Emit(OpCodes.Ldtoken, _module.GetMethodMetadataToken(constructor));
        }
        else
        {
            _code.Emit(OpCodes.Ldtoken, (MethodInfo)method);
        }

        _code.Emit(OpCodes.Pop);
        Count++;
    }

    public void Save(string path)
    {
        _code.Emit(OpCodes.Ret);
        ILGenerator dictionary = _module.DefineGlobalMethod("AssemblyDictionary", MethodAttributes.Public | MethodAttributes.Static, typeof(void), []).GetILGenerator();
        dictionary.Emit(OpCodes.Ldstr, Group);
        dictionary.Emit(OpCodes.Ldtoken, _group);
        dictionary.Emit(OpCodes.Pop);
        dictionary.Emit(OpCodes.Ret);
        _module.CreateGlobalFunctions();
        _assembly.Save(path);
    }
}
