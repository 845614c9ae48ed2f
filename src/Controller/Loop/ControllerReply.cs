using Moldau.Protocol;

namespace Moldau.Controller;

/// <summary>
/// The controller's answer to a request: a response once its records are committed, or an error for the request as a whole (NOT_CONTROLLER, REQUEST_TIMED_OUT).
/// </summary>
public readonly record struct ControllerReply<T>(ApiError Error, T? Response)
    where T : class
{
    public bool IsError => Error.IsError;

    internal static ControllerReply<T> Failed(ErrorCode code, string? message = null) => new(new ApiError(code, message), null);
}
