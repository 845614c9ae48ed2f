using Moldau.Protocol;

namespace Moldau.Broker;

/// <summary>Makes topics that a client named and that do not exist (auto.create.topics.enable), and internal topics when they are first needed.</summary>
public interface ITopicCreator
{
    /// <summary>
    /// Makes the topics with the defaults of the node; completes when this node's metadata shows what was made. For each name its error, None where the topic exists now.
    /// </summary>
    ValueTask<IReadOnlyDictionary<string, ErrorCode>> CreateAsync(RequestContext context, IReadOnlyCollection<string> names);
}
