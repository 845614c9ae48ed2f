using Moldau.Core;

namespace Moldau.Protocol;

/// <summary>The aborted transactions of one partition in a Fetch response where they lie, for <c>foreach</c>. Good as long as the frame; empty where the response has null.</summary>
public readonly struct AbortedTransactionsView
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly bool _flexible;

    internal AbortedTransactionsView(ReadOnlyMemory<byte> bytes, int count, bool flexible)
    {
        _bytes = bytes;
        Count = count;
        _flexible = flexible;
    }

    /// <summary>How many there are.</summary>
    public int Count { get; }

    /// <summary>Goes over them in their order.</summary>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>Goes over the transactions. Their bytes were checked when the response was opened.</summary>
    public ref struct Enumerator
    {
        private readonly bool _flexible;
        private MessageReader _reader;
        private int _left;

        internal Enumerator(AbortedTransactionsView view)
        {
            _reader = new MessageReader(view._bytes);
            _left = view.Count;
            _flexible = view._flexible;
        }

        /// <summary>Whose transaction it was, and its first offset in the partition.</summary>
        public (ProducerId ProducerId, Offset FirstOffset) Current { get; private set; }

        /// <summary>Moves to the next one.</summary>
        public bool MoveNext()
        {
            if (_left == 0)
            {
                return false;
            }
            _left--;
            Current = (_reader.ReadInt64(), _reader.ReadInt64());
            if (_flexible)
            {
                _reader.SkipTaggedFields();
            }
            return true;
        }
    }
}
