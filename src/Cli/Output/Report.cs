using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Moldau.Cli;

/// <summary>What a command answers: tables and sentences for people, lines of JSON for programs. One for each invocation; one thread.</summary>
internal sealed class Report(CliContext context, bool isJson)
{
    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public bool IsJson => isJson;

    public void Write(RowSet table)
    {
        if (!isJson)
        {
            TableText.Write(context, table);
            return;
        }

        foreach (Cell[] row in table.Rows)
        {
            Object(json =>
            {
                for (int i = 0; i < row.Length; i++)
                {
                    row[i].WriteTo(json, table.Columns[i].Key);
                }
            });
        }
    }

    public void Write(Facts facts)
    {
        if (!isJson)
        {
            TableText.Write(context, facts);
            return;
        }

        Object(json =>
        {
            foreach ((Column column, Cell cell) in facts.All)
            {
                cell.WriteTo(json, column.Key);
            }
        });
    }

    /// <summary>Something was done: a sentence for people, an object for programs.</summary>
    public void Done(string sentence, Facts facts)
    {
        if (isJson)
        {
            Write(facts);
        }
        else
        {
            context.Out.WriteLine(sentence);
        }
    }

    /// <summary>A line for people alone.</summary>
    public void Say(string sentence)
    {
        if (!isJson)
        {
            context.Out.WriteLine(sentence);
        }
    }

    /// <summary>A note beside the answer, on standard error.</summary>
    public void Note(string sentence) => context.Error.WriteLine("moldau: " + sentence);

    /// <summary>One object on a line of its own, for programs alone.</summary>
    public void Object(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, JsonOptions))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        context.Out.WriteLine(Encoding.UTF8.GetString(buffer.WrittenSpan));
    }
}
