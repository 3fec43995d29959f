using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace AccessFunctions.Integrations.Tests.Redshift;

/// <summary>
/// A warehouse that speaks Redshift's protocol, which is PostgreSQL's (https://www.postgresql.org/docs/8.0/protocol.html) with MD5 passwords, over a <see cref="RedshiftModel"/>. It calls itself 8.0.2, as
/// "Amazon Redshift and PostgreSQL" (https://docs.aws.amazon.com/redshift/latest/dg/c_redshift-and-postgres-sql.html) has it, and refuses a wrong password with 28000, as that version does.
/// </summary>
public sealed class RedshiftServerInProcess : IAsyncDisposable
{
    public const string Password = "Administrator1";

    /// <summary>The types whose values are sent, as the driver's own query of pg_type asks for them: schema, oid, name, kind, not null, element.</summary>
    private static readonly string[][] Types =
    [
        Type("16", "bool"), Type("20", "int8"), Type("23", "int4"), Type("25", "text"), Type("19", "name"), Type("1043", "varchar"), Type("1114", "timestamp"), Type("1184", "timestamptz"),
    ];

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<int, Client> _clients = new();
    private readonly Lock _lock = new();
    private readonly Task _accepting;
    private int _process = 1000;

    public RedshiftServerInProcess()
    {
        _listener.Start();
        _accepting = Accept();
    }

    /// <summary>What is committed.</summary>
    public RedshiftModel Model { get; private set; } = RedshiftModel.New(Password);

    /// <summary>Statements that came, in order.</summary>
    public ConcurrentQueue<string> Ran { get; } = new();

    /// <summary>A statement that contains this runs until its time-out.</summary>
    public string? Hangs { get; set; }

    /// <summary>Further sessions, of users who signed in elsewhere: process to name. Ended ones are taken out.</summary>
    public ConcurrentDictionary<int, string> OtherSessions { get; } = new();

    /// <summary>Sessions that do not end although they are told to.</summary>
    public HashSet<int> Stubborn { get; } = [];

    public string ConnectionString => $"Host=127.0.0.1;Port={((IPEndPoint)_listener.LocalEndpoint).Port};Username={RedshiftModel.Owner};Password={Password};Database=dev;SSL Mode=Disable";

    /// <summary>Changes what is committed.</summary>
    public void Change(Action<RedshiftModel> change)
    {
        lock (_lock) change(Model);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        foreach (var client in _clients.Values) client.Socket.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task Accept()
    {
        var serving = new List<Task>();
        try
        {
            while (true) serving.Add(Serve(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception stopped) when (stopped is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task Serve(TcpClient socket)
    {
        var process = Interlocked.Increment(ref _process);
        socket.NoDelay = true;
        try
        {
            using (socket)
            {
                var wire = new RedshiftWire(socket.GetStream());
                if (await SignIn(wire, process) is not { } user) return;
                _clients[process] = new Client(user, socket);
                await new RedshiftConversation(this, wire, user).Run(_stop.Token);
            }
        }
        catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException or OperationCanceledException)
        {
            return; // the client, or this server, ended it
        }
        finally
        {
            _clients.TryRemove(process, out _);
        }
    }

    private async Task<string?> SignIn(RedshiftWire wire, int process)
    {
        const int Ssl = 80877103, Gss = 80877104, Three = 196608;
        var start = await wire.Start(_stop.Token);
        while (start is { Code: Ssl or Gss })
        {
            await wire.Raw((byte)'N', _stop.Token);
            start = await wire.Start(_stop.Token);
        }

        if (start is not { Code: Three } startup) return null; // a cancellation: nothing here runs long enough
        var (fields, parameters) = (new RedshiftReader(startup.Body), new Dictionary<string, string>(StringComparer.Ordinal));
        for (var name = fields.Text(); name.Length > 0; name = fields.Text()) parameters[name] = fields.Text();
        var user = parameters["user"];
        var salt = RandomNumberGenerator.GetBytes(4);
        wire.Write('R', 5, salt);
        await wire.Flush(_stop.Token);
        if (await wire.Read(_stop.Token) is not { Type: 'p' } answer) return null;

        var known = Model.Users.GetValueOrDefault(user);
        if (known is not { Hash: { } hash } || known.ValidUntil < DateTimeOffset.UtcNow || answer.Body.Text() != RedshiftSql.Md5(hash, salt))
        {
            wire.Error("FATAL", "28000", $"password authentication failed for user \"{user}\"");
            await wire.Flush(_stop.Token);
            return null;
        }

        wire.Write('R', 0);
        foreach (var (name, value) in ((string, string)[])[("server_version", "8.0.2"), ("client_encoding", "UTF8"), ("server_encoding", "UNICODE"), ("integer_datetimes", "on"), ("DateStyle", "ISO, MDY"), ("session_authorization", user)])
            wire.Write('S', name, value);
        wire.Write('K', process, 4711);
        return user;
    }

    private static string[] Type(string oid, string name) => ["pg_catalog", oid, name, "b", "f", "0"];

    private void Terminate(int process)
    {
        if (Stubborn.Contains(process)) return;
        OtherSessions.TryRemove(process, out _);
        if (_clients.TryRemove(process, out var client)) client.Socket.Dispose();
    }

    private List<(int Process, string User)> Sessions() => [.. _clients.Select(static one => (one.Key, one.Value.User)), .. OtherSessions.Select(static one => (one.Key, one.Value))];

    private sealed record Client(string User, TcpClient Socket);

    /// <summary>One client's statements, after it signed in.</summary>
    private sealed class RedshiftConversation(RedshiftServerInProcess server, RedshiftWire wire, string user)
    {
        private readonly Dictionary<string, string> _statements = new(StringComparer.Ordinal);
        private readonly Dictionary<string, (string Sql, List<string> Parameters, short[] Formats)> _portals = new(StringComparer.Ordinal);
        private RedshiftModel? _transaction;
        private bool _isFailed;
        private TimeSpan _timeout = Timeout.InfiniteTimeSpan;

        public async Task Run(CancellationToken cancellation)
        {
            Ready();
            await wire.Flush(cancellation);
            var skips = false;
            while (true)
            {
                if (await wire.Read(cancellation) is not var (type, body) || type == 'X') return;
                if (type == 'S')
                {
                    skips = false;
                    Ready();
                    await wire.Flush(cancellation);
                    continue;
                }

                if (skips) continue;
                try
                {
                    await Message(type, body, cancellation);
                }
                catch (RedshiftException error)
                {
                    wire.Error("ERROR", error.State, error.Message);
                    _isFailed = _transaction is not null;
                    if (type == 'Q') Ready();
                    else skips = true;
                }

                if (type is 'Q' or 'H') await wire.Flush(cancellation);
            }
        }

        private async Task Message(char type, RedshiftReader body, CancellationToken cancellation)
        {
            switch (type)
            {
                case 'Q':
                    foreach (var sql in body.Text().Split(";\n").Select(static one => one.Trim().TrimEnd(';')).Where(static one => one.Length > 0)) await Simple(sql, cancellation);
                    Ready();
                    break;
                case 'P':
                    _statements[body.Text()] = body.Text();
                    wire.Write('1');
                    break;
                case 'B':
                    Bind(body);
                    wire.Write('2');
                    break;
                case 'D':
                    Describe((char)body.Byte(), body.Text());
                    break;
                case 'E':
                    await Execute(body.Text(), cancellation);
                    break;
                case 'C':
                    wire.Write('3');
                    break;
                case 'H':
                    break;
                default:
                    throw new RedshiftException("08P01", $"unexpected message {type}");
            }
        }

        private void Bind(RedshiftReader body)
        {
            var (portal, statement) = (body.Text(), body.Text());
            for (var formats = body.Short(); formats > 0; formats--) body.Short();
            var parameters = new List<string>();
            for (var count = body.Short(); count > 0; count--) parameters.Add(Encoding.UTF8.GetString(body.Value() ?? []));
            var asked = new short[body.Short()];
            for (var i = 0; i < asked.Length; i++) asked[i] = body.Short();
            _portals[portal] = (_statements[statement], parameters, asked);
        }

        /// <summary>A description is that of a run on a copy.</summary>
        private void Describe(char of, string name)
        {
            var (sql, formats) = of == 'S' ? (_statements[name], []) : (_portals[name].Sql, _portals[name].Formats);
            if (of == 'S') wire.Write('t', (short)0);
            if (!sql.StartsWith("SELECT", StringComparison.Ordinal))
            {
                wire.Write('n');
                return;
            }

            Guard();
            lock (server._lock) Columns(Sql(server.Model.Copy(), static _ => { }).Run(sql, of == 'S' ? [.. Enumerable.Repeat("", 9)] : _portals[name].Parameters), formats);
        }

        private async Task Execute(string portal, CancellationToken cancellation)
        {
            var (sql, parameters, formats) = _portals[portal];
            var result = await RunOne(sql, parameters, cancellation);
            Rows(result, formats);
        }

        private async Task Simple(string sql, CancellationToken cancellation)
        {
            if (sql.Contains("version()", StringComparison.Ordinal)) Texts(["version"], [["PostgreSQL 8.0.2 on i686-pc-linux-gnu, compiled by GCC gcc (GCC) 3.4.2, Redshift 1.0.99999"]]);
            else if (sql.Contains("pg_enum", StringComparison.Ordinal)) throw new RedshiftException("42P01", "relation \"pg_enum\" does not exist");
            else if (sql.Contains("pg_attribute", StringComparison.Ordinal)) Texts(["oid", "attname", "atttypid"], []);
            else if (sql.Contains("pg_type", StringComparison.Ordinal)) Texts(["nspname", "oid", "typname", "typtype", "typnotnull", "elemtypoid"], Types);
            else
            {
                var result = await RunOne(sql, [], cancellation);
                if (result.Columns.Count > 0) Columns(result, []);
                Rows(result, []);
            }
        }

        private async Task<RedshiftResult> RunOne(string sql, List<string> parameters, CancellationToken cancellation)
        {
            server.Ran.Enqueue(sql);
            if (sql.StartsWith("BEGIN", StringComparison.Ordinal))
            {
                lock (server._lock) _transaction = server.Model.Copy();
                return Done("BEGIN");
            }

            if (sql is "COMMIT" or "ROLLBACK")
            {
                lock (server._lock) server.Model = sql == "COMMIT" && !_isFailed && _transaction is { } done ? done : server.Model;
                (_transaction, _isFailed) = (null, false);
                return Done(sql);
            }

            Guard();
            const string TimeOut = "SET statement_timeout TO ";
            if (sql.StartsWith(TimeOut, StringComparison.Ordinal))
            {
                _timeout = TimeSpan.FromMilliseconds(int.Parse(sql[TimeOut.Length..], CultureInfo.InvariantCulture));
                return Done("SET");
            }

            if (server.Hangs is { } slow && sql.Contains(slow, StringComparison.Ordinal))
            {
                await Task.Delay(_timeout, cancellation);
                throw new RedshiftException("57014", "Query (1) cancelled on user's request");
            }

            lock (server._lock) return Sql(_transaction ?? server.Model, server.Terminate).Run(sql, parameters);
        }

        private RedshiftSql Sql(RedshiftModel model, Action<int> terminate) => new(model, user, server.Sessions(), terminate);

        private void Guard()
        {
            if (_isFailed) throw new RedshiftException("25P02", "current transaction is aborted, commands ignored until end of transaction block");
        }

        private static RedshiftResult Done(string tag) => new([], [], tag);

        private void Ready() => wire.Write('Z', (byte)(_transaction is null ? 'I' : _isFailed ? 'E' : 'T'));

        private void Texts(string[] columns, string[][] rows)
        {
            var result = new RedshiftResult([.. columns.Select(static name => (name, typeof(string)))], rows, "SELECT");
            Columns(result, []);
            Rows(result, []);
        }

        private void Columns(RedshiftResult result, short[] formats)
        {
            var fields = new List<object> { (short)result.Columns.Count };
            for (var i = 0; i < result.Columns.Count; i++)
            {
                var (oid, size) = result.Columns[i].Type == typeof(bool) ? (16, (short)1) : result.Columns[i].Type == typeof(int) ? (23, (short)4) : (25, (short)-1);
                fields.AddRange([result.Columns[i].Name, 0, (short)0, oid, size, -1, Format(formats, i)]);
            }

            wire.Write('T', [.. fields]);
        }

        private void Rows(RedshiftResult result, short[] formats)
        {
            foreach (var row in result.Rows)
            {
                var fields = new List<object> { (short)row.Length };
                for (var i = 0; i < row.Length; i++)
                {
                    var bytes = (row[i], Format(formats, i)) switch
                    {
                        (bool flag, 1) => [flag ? (byte)1 : (byte)0],
                        (bool flag, _) => flag ? "t"u8.ToArray() : "f"u8.ToArray(),
                        (int number, 1) => RedshiftWire.Int(number),
                        (var value, _) => Encoding.UTF8.GetBytes(Convert.ToString(value, CultureInfo.InvariantCulture)!),
                    };
                    fields.AddRange([bytes.Length, bytes]);
                }

                wire.Write('D', [.. fields]);
            }

            wire.Write('C', result.Columns.Count > 0 ? $"SELECT {result.Rows.Count}" : result.Tag);
        }

        private static short Format(short[] formats, int at) => formats.Length switch { 0 => 0, 1 => formats[0], _ => formats[at] };
    }
}
