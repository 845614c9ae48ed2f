using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Moldau.Records;

namespace Moldau.Golden;

/// <summary>Reads batches and compares them, field by field and record by record, with what Apache Kafka's reader gave.</summary>
internal static class BatchComparer
{
    /// <summary>
    /// Goes over the batches as a consumer that checks checksums. Null when they agree with the line's <c>batches</c>; <paramref name="failure"/> is what
    /// stopped the reader.
    /// </summary>
    /// <param name="bytes">The batches.</param>
    /// <param name="expectedBatches">What Apache Kafka's reader gave.</param>
    /// <param name="failure">What stopped the reader; null when nothing did.</param>
    /// <param name="bytesRead">The bytes of the batches before the end or the failure.</param>
    /// <param name="isRecompressed">Whether another compressor made them, so that size and checksum say nothing.</param>
    public static string? Compare(
        byte[] bytes, JsonElement expectedBatches, out RecordException? failure, out int bytesRead, bool isRecompressed = false)
    {
        failure = null;
        bytesRead = 0;
        var reader = new RecordBatchReader(bytes);
        int index = 0;
        try
        {
            while (reader.MoveNext())
            {
                reader.Current.EnsureValid();
                using var decompressor = RecordDecompressor.Rent();
                using var digest = new RecordsDigest();
                var records = RecordReader.Open(reader.Current, decompressor);
                while (records.MoveNext())
                {
                    digest.Add(in records.Current);
                }

                bytesRead = reader.Position + reader.CurrentBytes.Length;
                if (index >= expectedBatches.GetArrayLength())
                {
                    return $"batch {index} is read, Apache Kafka did not read it";
                }

                if (CompareBatch(reader.Current, expectedBatches[index], digest, isRecompressed) is { } difference)
                {
                    return $"batch {index}: {difference}";
                }

                index++;
            }
        }
        catch (RecordException error)
        {
            failure = error;
        }

        return index == expectedBatches.GetArrayLength()
            ? null
            : $"{index} batches are read, Apache Kafka read {expectedBatches.GetArrayLength()}: {failure?.Message}";
    }

    private static string? CompareBatch(RecordBatchHeader batch, JsonElement expected, RecordsDigest digest, bool isRecompressed)
    {
        foreach (var field in expected.EnumerateObject())
        {
            if (isRecompressed && field.Name is ("sizeInBytes" or "crc"))
            {
                continue;
            }

            string? actual = field.Name switch
            {
                "baseOffset" => batch is { IsLegacy: true, IsCompressed: true } ? $"{digest.FirstOffset}" : $"{batch.BaseOffset}",
                "lastOffset" => $"{batch.LastOffset}",
                "sizeInBytes" => $"{batch.SizeBytes}",
                "magic" => $"{batch.Magic}",
                "codec" => Enum.GetName(batch.CompressionType)!.ToLowerInvariant(),
                "timestampType" => $"{batch.TimestampType}",
                "baseTimestamp" => $"{batch.BaseTimestamp}",
                "maxTimestamp" => $"{batch.MaxTimestamp}",
                "producerId" => $"{batch.ProducerId}",
                "producerEpoch" => $"{batch.ProducerEpoch}",
                "baseSequence" => $"{batch.BaseSequence}",
                "lastSequence" => $"{batch.LastSequence}",
                "leaderEpoch" => $"{batch.PartitionLeaderEpoch}",
                "transactional" => $"{batch.IsTransactional}",
                "control" => $"{batch.IsControl}",
                "deleteHorizon" => batch.DeleteHorizonMs?.ToString() ?? string.Empty,
                "crc" => $"{batch.Crc}",
                "count" => $"{batch.RecordsCount}",
                "recordCount" => $"{digest.Count}",
                "records" => digest.HasJson(field.Value) ? field.Value.ToString() : digest.Json,
                "recordsSha256" => digest.Sha256,
                _ => null,
            };
            if (actual is null || actual != field.Value.ToString())
            {
                return $"{field.Name} is {actual}, Apache Kafka has {field.Value}";
            }
        }

        return null;
    }

    /// <summary>What a golden line says of the records of a batch: the hash of all, and their JSON.</summary>
    private sealed class RecordsDigest : IDisposable
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private readonly StringBuilder _json = new();

        public int Count { get; private set; }

        public long FirstOffset { get; private set; }

        public string Sha256 => Convert.ToHexStringLower(_hash.GetCurrentHash());

        public string Json => $"[{_json}]";

        public bool HasJson(JsonElement expected)
        {
            using var actual = JsonDocument.Parse(Json);
            return JsonElement.DeepEquals(actual.RootElement, expected);
        }

        public void Add(in RecordView record)
        {
            FirstOffset = Count == 0 ? record.Offset : FirstOffset;
            _json.Append(Count == 0 ? string.Empty : ",");
            Count++;
            Int64(record.Offset);
            Int64(record.Timestamp);
            Sized(record.HasKey, record.Key);
            Sized(record.HasValue, record.Value);
            Int32(record.HeadersCount);
            _json.Append($"{{\"offset\":{record.Offset},\"timestamp\":{record.Timestamp},\"sequence\":{record.Sequence},");
            _json.Append($"\"key\":{Base64(record.HasKey, record.Key)},\"value\":{Base64(record.HasValue, record.Value)},\"headers\":[");
            string separator = string.Empty;
            foreach (var header in record.Headers)
            {
                // Java reads header keys as text: what is not UTF-8 becomes U+FFFD there.
                Sized(true, Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(header.Key)));
                Sized(header.HasValue, header.Value);
                _json.Append($"{separator}{{\"key\":{JsonSerializer.Serialize(Encoding.UTF8.GetString(header.Key))},");
                _json.Append($"\"value\":{Base64(header.HasValue, header.Value)}}}");
                separator = ",";
            }

            _json.Append("]}");
        }

        public void Dispose() => _hash.Dispose();

        private static string Base64(bool isPresent, ReadOnlySpan<byte> bytes) => isPresent ? $"\"{Convert.ToBase64String(bytes)}\"" : "null";

        private void Sized(bool isPresent, ReadOnlySpan<byte> bytes)
        {
            Int32(isPresent ? bytes.Length : -1);
            _hash.AppendData(bytes);
        }

        private void Int32(int value)
        {
            Span<byte> bytes = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32BigEndian(bytes, value);
            _hash.AppendData(bytes);
        }

        private void Int64(long value)
        {
            Span<byte> bytes = stackalloc byte[sizeof(long)];
            BinaryPrimitives.WriteInt64BigEndian(bytes, value);
            _hash.AppendData(bytes);
        }
    }
}
