using System.Text;
using Moldau.Protocol;

namespace Moldau.Metadata;

/// <summary>Metadata records as JSON text, in the form of Apache Kafka's tools: <c>{"type":"TOPIC_RECORD","version":0,"data":{…}}</c>. Pure; any thread.</summary>
public static class MetadataRecordJson
{
    /// <summary>The text of a record's value in the metadata log.</summary>
    /// <exception cref="ProtocolException">The bytes are no metadata record, or one of a type or version newer than this program.</exception>
    public static string Of(ReadOnlyMemory<byte> value)
    {
        MetadataRecord record = MetadataRecordSerde.Read(value);
        MessageCatalog.TryGet(MessageKind.MetadataRecord, record.Message.RecordType, out MessageInfo? info);
        return $"{{\"type\":\"{TypeName(info!.Name)}\",\"version\":{record.Version},\"data\":{record.Message.ToJson(record.Version)}}}";
    }

    // NoOpRecord is NO_OP_RECORD: a new word begins at each capital.
    private static string TypeName(string name)
    {
        var text = new StringBuilder(name.Length + 8);
        foreach (char c in name)
        {
            if (char.IsAsciiLetterUpper(c) && text.Length > 0)
            {
                text.Append('_');
            }

            text.Append(char.ToUpperInvariant(c));
        }

        return text.ToString();
    }
}
