namespace AccessFunctions.Functions.Storage;

/// <summary>One lock per key within this process; those that nobody uses take no room.</summary>
internal sealed class KeyedLocks
{
    private readonly Dictionary<string, Gate> _gates = new(StringComparer.Ordinal);

    /// <summary>Waits until the key is free; disposing what is returned frees it.</summary>
    public async Task<IDisposable> Enter(string key, CancellationToken cancellation)
    {
        var gate = Join(key);
        try
        {
            await gate.Semaphore.WaitAsync(cancellation);
            return new Held(this, key, gate);
        }
        catch
        {
            Part(key, gate);
            throw;
        }
    }

    private Gate Join(string key)
    {
        lock (_gates)
        {
            if (!_gates.TryGetValue(key, out var gate)) _gates.Add(key, gate = new Gate());
            gate.Users++;
            return gate;
        }
    }

    private void Part(string key, Gate gate)
    {
        lock (_gates)
        {
            if (--gate.Users > 0) return;
            _gates.Remove(key);
            gate.Semaphore.Dispose();
        }
    }

    private sealed class Gate
    {
        public SemaphoreSlim Semaphore { get; } = new(1, 1);
        public int Users { get; set; }
    }

    private sealed class Held(KeyedLocks locks, string key, Gate gate) : IDisposable
    {
        private bool _freed;

        public void Dispose()
        {
            if (_freed) return;
            _freed = true;
            gate.Semaphore.Release();
            locks.Part(key, gate);
        }
    }
}
