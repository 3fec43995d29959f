using System.Diagnostics.CodeAnalysis;

namespace AccessFunctions.Embedded.Sqlite;

/// <summary>
/// The requests used last, decoded, as last committed. Filled only with what a transaction has made durable; any thread may look.
/// </summary>
public sealed class RequestCache(int capacity)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<StoredRequest>> _byId = new(StringComparer.Ordinal);
    private readonly LinkedList<StoredRequest> _newestFirst = new();

    /// <summary>The request as last committed, where it is kept here.</summary>
    public bool TryGet(string id, [NotNullWhen(true)] out StoredRequest? stored)
    {
        lock (_lock)
        {
            if (!_byId.TryGetValue(id, out var node))
            {
                stored = null;
                return false;
            }

            _newestFirst.Remove(node);
            _newestFirst.AddFirst(node);
            stored = node.Value;
            return true;
        }
    }

    /// <summary>Forgets requests that were purged.</summary>
    public void Remove(IEnumerable<string> gone)
    {
        lock (_lock)
        {
            foreach (var id in gone)
            {
                if (_byId.Remove(id, out var node)) _newestFirst.Remove(node);
            }
        }
    }

    /// <summary>Keeps what a transaction committed.</summary>
    public void Put(IEnumerable<StoredRequest> committed)
    {
        lock (_lock)
        {
            foreach (var stored in committed)
            {
                if (_byId.Remove(stored.State.Id, out var old)) _newestFirst.Remove(old);
                _byId.Add(stored.State.Id, _newestFirst.AddFirst(stored));
                if (_byId.Count <= capacity) continue;
                _byId.Remove(_newestFirst.Last!.Value.State.Id);
                _newestFirst.RemoveLast();
            }
        }
    }
}
