using System.Text;

namespace Moldau.Broker;

/// <summary>The last client id of a connection: nearly always the next one too. Used by the connection's loop only.</summary>
internal sealed class ClientIdCache
{
    private byte[] _bytes = [];
    private string _text = "";

    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (!utf8.SequenceEqual(_bytes))
        {
            _bytes = utf8.ToArray();
            _text = Encoding.UTF8.GetString(utf8);
        }

        return _text;
    }
}
