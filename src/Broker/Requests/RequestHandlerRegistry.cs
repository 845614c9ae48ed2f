using Moldau.Protocol;

namespace Moldau.Broker;

/// <summary>The handlers of a node, by API key. Immutable; what is in it is what ApiVersions advertises.</summary>
public sealed class RequestHandlerRegistry
{
    private readonly RequestHandler?[] _byKey;

    /// <summary>Throws <see cref="ArgumentException"/> when two handlers serve one API, or one claims what the protocol does not have.</summary>
    public RequestHandlerRegistry(IEnumerable<RequestHandler> handlers)
    {
        RequestHandler[] all = [.. handlers.OrderBy(handler => handler.ApiKey)];
        _byKey = new RequestHandler?[all.Length == 0 ? 0 : (int)all[^1].ApiKey + 1];
        foreach (RequestHandler handler in all)
        {
            Check(handler);
            if (_byKey[(int)handler.ApiKey] is { } other)
            {
                throw new ArgumentException($"{handler.Info.Name} is served by {other.GetType().Name} and by {handler.GetType().Name}", nameof(handlers));
            }

            _byKey[(int)handler.ApiKey] = handler;
        }

        All = all;
    }

    /// <summary>All handlers in the order of their keys.</summary>
    public IReadOnlyList<RequestHandler> All { get; }

    /// <summary>The handler of an API on a kind of listener; null when there is none.</summary>
    public RequestHandler? Find(short apiKey, ListenerKind listener)
    {
        RequestHandler? handler = (uint)apiKey < (uint)_byKey.Length ? _byKey[apiKey] : null;
        return handler is not null && (handler.Listeners & Flag(listener)) != 0 ? handler : null;
    }

    /// <summary>The handlers of a kind of listener in the order of their keys.</summary>
    public IEnumerable<RequestHandler> On(ListenerKind listener) => All.Where(handler => (handler.Listeners & Flag(listener)) != 0);

    private static ApiListeners Flag(ListenerKind listener) => listener == ListenerKind.Broker ? ApiListeners.Broker : ApiListeners.Controller;

    private static void Check(RequestHandler handler)
    {
        if (handler.Authorization is null)
        {
            throw new ArgumentException($"{handler.GetType().Name} does not say what {handler.Info.Name} demands of the client");
        }

        if (handler.LowestVersion < handler.Info.LowestVersion || handler.HighestVersion > handler.Info.HighestVersion || handler.LowestVersion > handler.HighestVersion)
        {
            throw new ArgumentException(
                $"{handler.GetType().Name} serves versions {handler.LowestVersion} to {handler.HighestVersion} of {handler.Info.Name}, which has {handler.Info.LowestVersion} to {handler.Info.HighestVersion}");
        }

        if (handler.Listeners == ApiListeners.None || (handler.Listeners & ~handler.Info.Listeners) != 0)
        {
            throw new ArgumentException($"{handler.GetType().Name} serves {handler.Info.Name} on {handler.Listeners}, which Kafka has on {handler.Info.Listeners}");
        }
    }
}
