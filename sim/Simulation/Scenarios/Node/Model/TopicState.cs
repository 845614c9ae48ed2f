namespace Moldau.Simulation;

/// <summary>Where a topic is in its life, as its only administrator knows.</summary>
internal enum TopicState
{
    Live,

    /// <summary>Its deletion was asked for and not answered yet.</summary>
    Deleting,

    Deleted,
}
