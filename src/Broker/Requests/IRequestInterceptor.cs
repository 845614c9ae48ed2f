namespace Moldau.Broker;

/// <summary>Gets each request in its handler's place: to fail it, to hold it, to answer late. For tests of those who use a node. Called by many threads at once.</summary>
public interface IRequestInterceptor
{
    /// <summary>
    /// Serves a request: with <see cref="RequestHandler.RespondAsync"/> of <see cref="RequestContext.Handler"/> as if it were not there, with <see cref="RequestHandler.Refuse"/>, or not at all
    /// (null). The rules of <see cref="RequestHandler.RespondAsync"/> hold here too.
    /// </summary>
    ValueTask<OutgoingFrame?> RespondAsync(RequestContext context);
}
