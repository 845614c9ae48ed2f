namespace Moldau.Configuration.Tests;

/// <summary>A node that starts, for tests to change.</summary>
internal static class Fixtures
{
    public static Dictionary<string, string> Properties(params (string Key, string Value)[] more)
    {
        var properties = new Dictionary<string, string>
        {
            ["process.roles"] = "broker,controller",
            ["node.id"] = "1",
            ["listeners"] = "PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093",
            ["controller.listener.names"] = "CONTROLLER",
            ["controller.quorum.voters"] = "1@127.0.0.1:9093",
            ["log.dirs"] = "/data/a,/data/b",
        };
        foreach ((string key, string value) in more)
        {
            properties[key] = value;
        }

        return properties;
    }

    public static NodeConfiguration Node(params (string Key, string Value)[] more) => NodeConfiguration.Load(Properties(more), []);

    public static string Refusal(params (string Key, string Value)[] more) =>
        Should.Throw<ConfigurationException>(() => NodeConfiguration.Load(Properties(more), [])).Message;

    public static Dictionary<string, string> Map(params (string Key, string Value)[] pairs) => pairs.ToDictionary(p => p.Key, p => p.Value);
}
