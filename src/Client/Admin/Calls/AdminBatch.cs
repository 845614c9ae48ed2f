using Moldau.Protocol;

namespace Moldau.Client;

/// <summary>
/// The items of one operation while it goes on: what is done, what failed for good, what is to be tried again and why. Answers of several brokers come at the same time, so any thread may call it;
/// the rounds themselves follow each other.
/// </summary>
internal sealed class AdminBatch<TKey, TValue>
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly TKey[] _keys;
    private readonly Dictionary<TKey, AdminResult<TValue>> _results = [];
    private readonly Dictionary<TKey, KafkaException> _retries = [];
    private readonly string _what;
    private Dictionary<TKey, KafkaException> _lastRetries = [];

    public AdminBatch(string what, IEnumerable<TKey> keys)
    {
        _what = what;
        _keys = [.. keys.Distinct()];
    }

    /// <summary>Begins a round: the items that are still to be done.</summary>
    public TKey[] Begin()
    {
        lock (_gate)
        {
            return [.. _keys.Where(key => !_results.ContainsKey(key))];
        }
    }

    public void Succeed(TKey key, TValue value)
    {
        lock (_gate)
        {
            _results[key] = new AdminResult<TValue>(value);
        }
    }

    public void Fail(TKey key, ErrorCode code, string? brokerMessage = null) => Fail(key, KafkaException.Of(code, $"{_what} {key}", brokerMessage));

    public void Fail(TKey key, KafkaException error)
    {
        lock (_gate)
        {
            _results[key] = new AdminResult<TValue>(error);
        }
    }

    /// <summary>The item is tried again in the next round.</summary>
    public void Retry(TKey key, ErrorCode code, string? brokerMessage = null)
    {
        lock (_gate)
        {
            _retries[key] = KafkaException.Of(code, $"{_what} {key}", brokerMessage);
        }
    }

    /// <summary>A request failed as a whole: its items are tried again when that may help. What was done already stays.</summary>
    public void Lose(IEnumerable<TKey> keys, KafkaException failure)
    {
        lock (_gate)
        {
            foreach (TKey key in keys)
            {
                if (_results.ContainsKey(key))
                {
                    continue;
                }

                if (failure.IsRetriable)
                {
                    _retries[key] = failure;
                }
                else
                {
                    _results[key] = new AdminResult<TValue>(failure);
                }
            }
        }
    }

    /// <summary>Ends a round: an item that no answer named would be asked for until the time-out.</summary>
    /// <returns>Whether items are to be tried again.</returns>
    public bool End(IEnumerable<TKey> asked)
    {
        lock (_gate)
        {
            foreach (TKey key in asked)
            {
                if (!_results.ContainsKey(key) && !_retries.ContainsKey(key))
                {
                    _results[key] = new AdminResult<TValue>(KafkaException.Of(ErrorCode.UnknownServerError, $"{_what} {key}", "the broker's response leaves it out"));
                }
            }

            _lastRetries = new(_retries);
            _retries.Clear();
            return _results.Count < _keys.Length;
        }
    }

    /// <summary>What is not done yet has taken too long.</summary>
    /// <param name="timeout">How long.</param>
    /// <param name="common">Why nothing goes on at present; for items that have no failure of their own.</param>
    public void TimeOut(TimeSpan timeout, KafkaException? common)
    {
        lock (_gate)
        {
            foreach (TKey key in _keys)
            {
                if (!_results.ContainsKey(key))
                {
                    KafkaException? last = _retries.GetValueOrDefault(key) ?? _lastRetries.GetValueOrDefault(key) ?? common;
                    string why = last is null ? "" : $": {last.Message}";
                    _results[key] = new AdminResult<TValue>(
                        new KafkaException(ErrorCode.RequestTimedOut, $"{_what} {key} did not succeed within {timeout.TotalSeconds:0.###} s{why}", last));
                }
            }
        }
    }

    /// <summary>The results, in the order in which the items were given.</summary>
    public IReadOnlyDictionary<TKey, AdminResult<TValue>> Finish()
    {
        lock (_gate)
        {
            var results = new Dictionary<TKey, AdminResult<TValue>>(_keys.Length);
            foreach (TKey key in _keys)
            {
                results.Add(key, _results[key]);
            }

            return results;
        }
    }
}
