using AccessFunctions.Application.Ports;

namespace AccessFunctions.Embedded.Sqlite;

/// <summary>Holders of shared privileges. Entering is a lock in this process, the only one that has the store.</summary>
public sealed class SqliteLedger(Database database) : IGrantLedger
{
    private readonly Dictionary<(string Platform, string Key), Gate> _gates = [];

    /// <inheritdoc />
    public async Task<ILedgerEntry> Enter(string platform, string key, CancellationToken cancellation)
    {
        var gate = Take((platform, key));
        var inside = false;
        try
        {
            await gate.Semaphore.WaitAsync(cancellation);
            inside = true;
            return new Entry(this, platform, key, gate);
        }
        catch
        {
            if (inside) gate.Semaphore.Release();
            Leave((platform, key), gate);
            throw;
        }
    }

    private Gate Take((string, string) name)
    {
        lock (_gates)
        {
            if (!_gates.TryGetValue(name, out var gate)) _gates.Add(name, gate = new Gate());
            gate.Users++;
            return gate;
        }
    }

    private void Leave((string, string) name, Gate gate)
    {
        lock (_gates)
        {
            if (--gate.Users > 0) return;
            _gates.Remove(name);
            gate.Semaphore.Dispose();
        }
    }

    private sealed class Gate
    {
        public SemaphoreSlim Semaphore { get; } = new(1, 1);
        public int Users { get; set; }
    }

    private sealed class Entry : ILedgerEntry
    {
        private readonly SqliteLedger _ledger;
        private readonly string _platform;
        private readonly string _key;
        private readonly Gate _gate;
        private bool _left;

        public Entry(SqliteLedger ledger, string platform, string key, Gate gate)
        {
            (_ledger, _platform, _key, _gate) = (ledger, platform, key, gate);
            (Holders, Standing) = _ledger.Database.Read(Load);
        }

        public IReadOnlyList<LedgerHolder> Holders { get; private set; }
        public string? Standing { get; private set; }

        public Task Add(LedgerHolder holder, string? standing, CancellationToken cancellation) => Change(session =>
        {
            var first = session.Number("SELECT count(*) FROM holders WHERE platform = ?1 AND key = ?2", _platform, _key) == 0;
            session.Run(
                """
                INSERT INTO holders(platform, key, grant_id, request, person, leaving) VALUES(?1, ?2, ?3, ?4, ?5, ?6)
                ON CONFLICT(platform, key, grant_id) DO NOTHING
                """,
                _platform, _key, holder.GrantId, holder.RequestId, holder.Person, holder.Leaving);
            if (first && standing is not null) session.Run("INSERT INTO standing(platform, key, through) VALUES(?1, ?2, ?3)", _platform, _key, standing);
        });

        public Task Leave(string grantId, CancellationToken cancellation) => Change(session =>
            session.Run("UPDATE holders SET leaving = 1 WHERE platform = ?1 AND key = ?2 AND grant_id = ?3", _platform, _key, grantId));

        public Task Remove(string grantId, CancellationToken cancellation) => Change(session =>
        {
            session.Run("DELETE FROM holders WHERE platform = ?1 AND key = ?2 AND grant_id = ?3", _platform, _key, grantId);
            session.Run(
                "DELETE FROM standing WHERE platform = ?1 AND key = ?2 AND NOT EXISTS(SELECT 1 FROM holders WHERE platform = ?1 AND key = ?2)", _platform, _key);
        });

        public ValueTask DisposeAsync()
        {
            if (_left) return ValueTask.CompletedTask;
            _left = true;
            _gate.Semaphore.Release();
            _ledger.Leave((_platform, _key), _gate);
            return ValueTask.CompletedTask;
        }

        private async Task Change(Action<Session> change) =>
            (Holders, Standing) = await _ledger.Database.Writer.Write(batch =>
            {
                change(batch.Session);
                return Load(batch.Session);
            });

        private (IReadOnlyList<LedgerHolder>, string?) Load(Session session) => (
            session.Query(
                "SELECT grant_id, request, person, leaving FROM holders WHERE platform = ?1 AND key = ?2 ORDER BY id",
                static row => new LedgerHolder(row.GetString(0), row.GetString(1), row.GetString(2), row.GetBoolean(3)), _platform, _key),
            session.One("SELECT through FROM standing WHERE platform = ?1 AND key = ?2", static row => row.GetString(0), _platform, _key));
    }

    private Database Database { get; } = database;
}
