using System.Text.Json;
using Moldau.Metadata;

namespace Moldau.Golden;

/// <summary>Which topic names are legal, and why not; which are internal; which collide.</summary>
public sealed class TopicNamesSuite() : JsonLineSuite("topic-names")
{
    /// <inheritdoc/>
    protected override string? Compare(JsonElement line)
    {
        var topic = line.Text("topic");
        return Same("the reason", line.TextOrNull("message"), TopicNames.Validate(topic))
            ?? Same("valid", line.GetProperty("valid").GetBoolean(), TopicNames.Validate(topic) is null)
            ?? Same("internal", line.GetProperty("internal").GetBoolean(), TopicNames.IsInternal(topic))
            ?? Same("collision characters", line.GetProperty("collisionChars").GetBoolean(), TopicNames.HasCollisionChars(topic))
            ?? Same("the unified name", line.Text("unified"), TopicNames.UnifyCollisionChars(topic));
    }
}
