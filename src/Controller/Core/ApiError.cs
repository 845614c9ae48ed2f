using Moldau.Protocol;

namespace Moldau.Controller;

/// <summary>A protocol error as a value: code and, where it helps, a message that names the thing. The default value is no error.</summary>
public readonly record struct ApiError(ErrorCode Code, string? Text = null)
{
    public static readonly ApiError None = new(ErrorCode.None);

    public bool IsError => Code != ErrorCode.None;

    /// <summary>What the response says: the text, or the protocol's own sentence for the code; null without error.</summary>
    public string? Message => Text ?? (IsError ? Code.Message() : null);
}
