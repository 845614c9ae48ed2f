using System.Globalization;
using Moldau.Client;

namespace Moldau.Cli;

/// <summary>Quotas of users, clients and addresses: the part of <c>moldau configs</c> that is no configuration of a resource (KIP-546).</summary>
internal static class QuotaCommands
{
    public static async Task<int> DescribeAsync(Session session, ClientQuotaFilter filter, CancellationToken cancellationToken)
    {
        var table = new RowSet(Column.Text("user"), Column.Text("clientId", "client"), Column.Text("ip"), Column.Text("key"), Column.Number("value")) { WhenEmpty = "no quotas" };
        foreach ((ClientQuotaEntity entity, IReadOnlyDictionary<string, double> quotas) in (await session.Admin.DescribeClientQuotasAsync(filter, cancellationToken)).OrderBy(entry => entry.Key.ToString(), StringComparer.Ordinal))
        {
            foreach ((string key, double value) in quotas.OrderBy(quota => quota.Key, StringComparer.Ordinal))
            {
                table.Add(Part(entity, ClientQuotaEntity.UserType), Part(entity, ClientQuotaEntity.ClientIdType), Part(entity, ClientQuotaEntity.IpType), key, Cell.Real(value));
            }
        }

        session.Report.Write(table);
        return CommandExit.Ok;
    }

    public static async Task<int> AlterAsync(Session session, ClientQuotaEntity entity, IReadOnlyList<AlterConfigOp> changes, bool isDry, CancellationToken cancellationToken)
    {
        var quotas = new Dictionary<string, double?>(StringComparer.Ordinal);
        foreach (AlterConfigOp change in changes)
        {
            if (change.Name.StartsWith("SCRAM-", StringComparison.OrdinalIgnoreCase))
            {
                throw CliException.Usage($"{change.Name}: passwords are set by \"moldau users set NAME --mechanism {change.Name}\"");
            }

            quotas[change.Name] = change.Type switch
            {
                AlterConfigOpType.Delete => null,
                AlterConfigOpType.Set when double.TryParse(change.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) => value,
                AlterConfigOpType.Set => throw CliException.Usage($"{change.Name}={change.Value}: a quota must be a number"),
                _ => throw CliException.Usage($"{change.Name}: a quota is no list, --append and --subtract do not go"),
            };
        }

        AdminResult result = (await session.Admin.AlterClientQuotasAsync([new ClientQuotaAlteration(entity, quotas)], isDry, cancellationToken))[entity];
        var outcomes = new Outcomes(session.Report);
        outcomes.Add(
            new Facts().Add("entity", entity.ToString()).Add("changed", result.IsSuccess && !isDry),
            isDry ? $"The quotas of {entity} could be changed." : $"Changed the quotas of {entity}.",
            result.Error);
        return outcomes.ExitCode;
    }

    /// <summary>A name, "(default)" of the type, or nothing when the entity has no such part.</summary>
    private static Cell Part(ClientQuotaEntity entity, string type) =>
        !entity.Entries.TryGetValue(type, out string? name) ? Cell.None : name is null ? ((Cell)"").ShownAs("(default)") : name;
}
