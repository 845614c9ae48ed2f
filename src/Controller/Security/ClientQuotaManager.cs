using System.Collections.Immutable;
using System.Net;
using Moldau.Metadata;
using Moldau.Protocol;
using Moldau.Protocol.Api;
using Moldau.Protocol.MetadataRecords;

namespace Moldau.Controller;

/// <summary>AlterClientQuotas and DescribeClientQuotas (KIP-546, KIP-599, KIP-612). Pure; mutates nothing.</summary>
public static class ClientQuotaManager
{
    private const sbyte MatchExact = 0;
    private const sbyte MatchDefault = 1;
    private const sbyte MatchSpecified = 2;

    /// <summary>Each entity succeeds or fails alone.</summary>
    public static ControllerResult<AlterClientQuotasResponse> Alter(MetadataImage image, AlterClientQuotasRequest request, ControlContext context)
    {
        var records = new List<MetadataRecord>();
        var response = new AlterClientQuotasResponse();
        var seen = new HashSet<ClientQuotaEntity>();
        foreach (AlterClientQuotasRequest.EntryData entry in request.Entries)
        {
            ApiError error = ReadEntity(entry, out ClientQuotaEntity entity);
            if (!error.IsError && !seen.Add(entity))
            {
                error = Bad($"Ignoring duplicate entity {entity}");
            }

            if (!error.IsError)
            {
                error = Alter(image, entity, entry, records);
            }

            var result = new AlterClientQuotasResponse.EntryData { ErrorCode = error.Code, ErrorMessage = error.Message };
            foreach (AlterClientQuotasRequest.EntityData part in entry.Entity)
            {
                result.Entity.Add(new() { EntityType = part.EntityType, EntityName = part.EntityName });
            }

            response.Entries.Add(result);
        }

        return ControllerResult<AlterClientQuotasResponse>.Atomic(request.ValidateOnly ? [] : records, response);
    }

    /// <summary>The quotas of the entities that match all components; strictly, when they may have no other parts.</summary>
    public static DescribeClientQuotasResponse Describe(MetadataImage image, DescribeClientQuotasRequest request)
    {
        ApiError error = CheckFilter(request);
        if (error.IsError)
        {
            return new() { ErrorCode = error.Code, ErrorMessage = error.Message, Entries = null };
        }

        var response = new DescribeClientQuotasResponse { ErrorMessage = null, Entries = [] };
        foreach ((ClientQuotaEntity entity, ImmutableSortedDictionary<string, double> values) in image.ClientQuotas.Entities)
        {
            if (!Matches(entity, request))
            {
                continue;
            }

            var entry = new DescribeClientQuotasResponse.EntryData();
            foreach ((string type, string? name) in entity.Parts)
            {
                entry.Entity.Add(new() { EntityType = type, EntityName = name });
            }

            foreach ((string key, double value) in values)
            {
                entry.Values.Add(new() { Key = key, Value = value });
            }

            response.Entries.Add(entry);
        }

        return response;
    }

    private static ApiError ReadEntity(AlterClientQuotasRequest.EntryData entry, out ClientQuotaEntity entity)
    {
        var parts = new Dictionary<string, string?>(StringComparer.Ordinal);
        ApiError error = ApiError.None;
        foreach (AlterClientQuotasRequest.EntityData part in entry.Entity)
        {
            if (part.EntityType is not (ClientQuotaEntity.User or ClientQuotaEntity.ClientId or ClientQuotaEntity.Ip))
            {
                error = Bad($"Unhandled client quota entity type: {part.EntityType}");
            }
            else if (part.EntityName is { Length: 0 })
            {
                error = Bad($"Empty {part.EntityType} not supported");
            }
            else if (!parts.TryAdd(part.EntityType, part.EntityName))
            {
                error = Bad($"Invalid client quota entity, duplicate entity entry {part.EntityType}");
            }
        }

        entity = new ClientQuotaEntity(parts);
        if (error.IsError)
        {
            return error;
        }

        if (parts.Count == 0)
        {
            return Bad("Invalid empty client quota entity");
        }

        if (!parts.TryGetValue(ClientQuotaEntity.Ip, out string? ip))
        {
            return ApiError.None;
        }

        if (parts.Count > 1)
        {
            return Bad("Invalid quota entity combination, IP entity should not be combined with User or ClientId");
        }

        // Host names are not resolved here: a controller's decision may not hang on a name server.
        return ip is null || IPAddress.TryParse(ip, out _) ? ApiError.None : Bad($"{ip} is not a valid IP or resolvable host.");
    }

    private static ApiError Alter(
        MetadataImage image, ClientQuotaEntity entity, AlterClientQuotasRequest.EntryData entry, List<MetadataRecord> records)
    {
        ImmutableSortedDictionary<string, double> current = image.ClientQuotas.Of(entity);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        var changes = new List<MetadataRecord>();
        foreach (AlterClientQuotasRequest.OpData op in entry.Ops)
        {
            if (!keys.Add(op.Key))
            {
                return Bad($"Duplicate quota key {op.Key} not updating quota for this entity {entity}");
            }

            if (op.Remove)
            {
                if (current.ContainsKey(op.Key))
                {
                    changes.Add(new(new ClientQuotaRecord { Entity = entity.ToRecordData(), Key = op.Key, Remove = true }, 0));
                }

                continue;
            }

            ApiError error = CheckValue(entity, op.Key, op.Value);
            if (error.IsError)
            {
                return error;
            }

            if (!current.TryGetValue(op.Key, out double before) || before != op.Value)
            {
                changes.Add(new(new ClientQuotaRecord { Entity = entity.ToRecordData(), Key = op.Key, Value = op.Value }, 0));
            }
        }

        records.AddRange(changes);
        return ApiError.None;
    }

    private static ApiError CheckValue(ClientQuotaEntity entity, string key, double value)
    {
        bool isIp = entity.Parts.ContainsKey(ClientQuotaEntity.Ip);
        bool isKnown = isIp
            ? key == "connection_creation_rate"
            : key is "producer_byte_rate" or "consumer_byte_rate" or "request_percentage" or "controller_mutation_rate";
        if (!isKnown)
        {
            return Bad($"Invalid configuration key {key}");
        }

        if (!(value > 0))
        {
            return Bad($"Quota {key} must be greater than 0");
        }

        if (key is "request_percentage" or "controller_mutation_rate")
        {
            return ApiError.None;
        }

        if (value > (isIp ? int.MaxValue : (double)long.MaxValue))
        {
            return Bad($"Proposed value for {key} is too large for a{(isIp ? "n INT" : " LONG")}.");
        }

        return Math.Abs(value % 1.0) > 1e-6 ? Bad($"{key} cannot be a fractional value.") : ApiError.None;
    }

    private static ApiError CheckFilter(DescribeClientQuotasRequest request)
    {
        var types = new HashSet<string>(StringComparer.Ordinal);
        foreach (DescribeClientQuotasRequest.ComponentData component in request.Components)
        {
            string type = component.EntityType;
            if (type.Length == 0)
            {
                return Bad("Invalid empty entity type.");
            }

            if (!types.Add(type))
            {
                return Bad($"Entity type {type} cannot appear more than once in the filter.");
            }

            if (type is not (ClientQuotaEntity.User or ClientQuotaEntity.ClientId or ClientQuotaEntity.Ip))
            {
                return new(ErrorCode.UnsupportedVersion, $"Unsupported entity type {type}");
            }

            ApiError error = CheckMatch(component);
            if (error.IsError)
            {
                return error;
            }
        }

        return types.Contains(ClientQuotaEntity.Ip) && types.Count > 1
            ? Bad("Invalid entity filter component combination. IP filter component should not be used with user or clientId filter component.")
            : ApiError.None;
    }

    private static ApiError CheckMatch(DescribeClientQuotasRequest.ComponentData component) => component.MatchType switch
    {
        MatchExact when component.Match is null => Bad("Request specified MATCH_TYPE_EXACT, but set match string to null."),
        MatchDefault when component.Match is not null => Bad("Request specified MATCH_TYPE_DEFAULT, but also specified a match string."),
        MatchSpecified when component.Match is not null => Bad("Request specified MATCH_TYPE_SPECIFIED, but also specified a match string."),
        MatchExact or MatchDefault or MatchSpecified => ApiError.None,
        _ => Bad($"Unknown match type {component.MatchType}"),
    };

    private static bool Matches(ClientQuotaEntity entity, DescribeClientQuotasRequest request)
    {
        if (request.Strict && entity.Parts.Count != request.Components.Count)
        {
            return false;
        }

        foreach (DescribeClientQuotasRequest.ComponentData component in request.Components)
        {
            if (!entity.Parts.TryGetValue(component.EntityType, out string? name) || (component.MatchType != MatchSpecified && name != component.Match))
            {
                return false;
            }
        }

        return true;
    }

    private static ApiError Bad(string message) => new(ErrorCode.InvalidRequest, message);
}
