using System.Diagnostics.CodeAnalysis;

namespace Moldau.Protocol;

/// <summary>A message, or a field that is set in it, does not exist in the version asked for.</summary>
public sealed class UnsupportedVersionException(string message) : ProtocolException(message)
{
    [DoesNotReturn]
    internal static void ThrowVersion(string message, short version, short lowest, short highest) =>
        throw new UnsupportedVersionException($"{message} has no version {version}: versions {lowest} to {highest} exist");

    [DoesNotReturn]
    internal static void ThrowField(string message, string field, short version) =>
        throw new UnsupportedVersionException($"{message}.{field} is set, but version {version} cannot carry it");

    [DoesNotReturn]
    internal static void ThrowTaggedFields(string message, short version) =>
        throw new UnsupportedVersionException($"{message} has tagged fields, but version {version} cannot carry any");

    internal static UnsupportedVersionException Null(string message, string field, short version) =>
        new($"{message}.{field} is null, but version {version} demands a value");
}
