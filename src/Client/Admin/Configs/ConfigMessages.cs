using System.Globalization;
using Moldau.Protocol.Api;

namespace Moldau.Client;

/// <summary>Between what the protocol says of configurations and what callers see. Stateless; any thread.</summary>
internal static class ConfigMessages
{
    /// <summary>The broker that has to be asked; -1 when any can.</summary>
    public static int NodeOf(ConfigResource resource) =>
        resource.Type is ConfigResourceType.Broker or ConfigResourceType.BrokerLogger && !resource.IsDefault
            && int.TryParse(resource.Name, NumberStyles.None, CultureInfo.InvariantCulture, out int id)
                ? id
                : -1;

    public static DescribeConfigsRequest Describe(ConfigResource[] resources, DescribeConfigsOptions options) => new()
    {
        Resources =
        [
            .. resources.Select(resource => new DescribeConfigsRequest.DescribeConfigsResource
            {
                ResourceType = (sbyte)resource.Type,
                ResourceName = resource.Name,
                ConfigurationKeys = options.Names is { } names ? [.. names] : null,
            }),
        ],
        IncludeSynonyms = options.IncludeSynonyms,
        IncludeDocumentation = options.IncludeDocumentation,
    };

    public static IncrementalAlterConfigsRequest Alter(
        ConfigResource[] resources, IReadOnlyDictionary<ConfigResource, IReadOnlyCollection<AlterConfigOp>> changes, bool validateOnly) => new()
    {
        Resources =
        [
            .. resources.Select(resource => new IncrementalAlterConfigsRequest.AlterConfigsResource
            {
                ResourceType = (sbyte)resource.Type,
                ResourceName = resource.Name,
                Configs =
                [
                    .. changes[resource].Select(change => new IncrementalAlterConfigsRequest.AlterableConfig
                    {
                        Name = change.Name,
                        Value = change.Value,
                        ConfigOperation = (sbyte)change.Type,
                    }),
                ],
            }),
        ],
        ValidateOnly = validateOnly,
    };

    public static Config Read(DescribeConfigsResponse.DescribeConfigsResult result) => new(
    [
        .. result.Configs.Select(config => new ConfigEntry(config.Name, config.Value, Source(config.ConfigSource))
        {
            IsSensitive = config.IsSensitive,
            IsReadOnly = config.ReadOnly,
            Type = Enum.IsDefined((ConfigType)config.ConfigType) ? (ConfigType)config.ConfigType : ConfigType.Unknown,
            Documentation = string.IsNullOrEmpty(config.Documentation) ? null : config.Documentation,
            Synonyms = [.. config.Synonyms.Select(synonym => new ConfigSynonym(synonym.Name, synonym.Value, Source(synonym.Source)))],
        }),
    ]);

    private static ConfigSource Source(sbyte source) => Enum.IsDefined((ConfigSource)source) ? (ConfigSource)source : ConfigSource.Unknown;
}
