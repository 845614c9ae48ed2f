namespace Moldau.Coordination;

public sealed partial record GroupCoordinatorOptions
{
    /// <summary>group.consumer.*</summary>
    public ConsumerGroupOptions Consumer { get; init; } = new();
}
