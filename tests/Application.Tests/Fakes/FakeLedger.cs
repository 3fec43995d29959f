using AccessFunctions.Application.Ports;

namespace AccessFunctions.Application.Tests.Fakes;

/// <summary>A ledger in memory; every call counts as two steps at which the process may die: before the change and after it.</summary>
internal sealed class FakeLedger(Steps? steps = null) : IGrantLedger
{
    private readonly Steps _steps = steps ?? new Steps();
    private readonly Dictionary<string, Entry> _entries = [];

    public IReadOnlyList<LedgerHolder> Holders(string platform, string key) => Of(platform, key).Holders;

    public string? Standing(string platform, string key) => Of(platform, key).Standing;

    public async Task<ILedgerEntry> Enter(string platform, string key, CancellationToken cancellation)
    {
        var entry = Of(platform, key);
        await entry.Door.WaitAsync(cancellation);
        return entry;
    }

    private Entry Of(string platform, string key)
    {
        lock (_entries)
        {
            if (!_entries.TryGetValue($"{platform}|{key}", out var entry)) _entries[$"{platform}|{key}"] = entry = new Entry(_steps);
            return entry;
        }
    }

    private sealed class Entry(Steps steps) : ILedgerEntry
    {
        private readonly List<LedgerHolder> _holders = [];

        public SemaphoreSlim Door { get; } = new(1);
        public IReadOnlyList<LedgerHolder> Holders => _holders;
        public string? Standing { get; private set; }

        public Task Add(LedgerHolder holder, string? standing, CancellationToken cancellation) => Change(() =>
        {
            if (_holders.Exists(held => held.GrantId == holder.GrantId)) return;
            if (_holders.Count == 0) Standing = standing;
            _holders.Add(holder);
        });

        public Task Leave(string grantId, CancellationToken cancellation) => Change(() =>
        {
            var index = _holders.FindIndex(held => held.GrantId == grantId);
            if (index >= 0) _holders[index] = _holders[index] with { Leaving = true };
        });

        public Task Remove(string grantId, CancellationToken cancellation) => Change(() =>
        {
            _ = _holders.RemoveAll(held => held.GrantId == grantId);
            if (_holders.Count == 0) Standing = null;
        });

        public ValueTask DisposeAsync()
        {
            _ = Door.Release();
            return ValueTask.CompletedTask;
        }

        private Task Change(Action change)
        {
            steps.Take();
            change();
            steps.Take();
            return Task.CompletedTask;
        }
    }
}
