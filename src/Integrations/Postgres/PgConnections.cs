using System.Net.Sockets;
using AccessFunctions.Application.Effects;
using AccessFunctions.Application.Ports;
using Npgsql;

namespace AccessFunctions.Integrations.Postgres;

/// <summary>
/// Opens connections and says what failed. There is no pool: a connection lives for one attempt, so none outlives a failing server, and
/// nothing of a session (a role set, a lock) is carried into another.
/// </summary>
/// <param name="page">Where the platform's documentation is.</param>
/// <param name="mode">The driver's compatibility mode; null: PostgreSQL itself.</param>
internal abstract class PgConnections(PgServerOptions options, string page, string? mode)
{
    private readonly NpgsqlConnectionStringBuilder _administrative = Parse(options, mode);

    /// <summary>The host, port and database that requesters are told.</summary>
    public (string Host, int Port, string Database) Address =>
        (options.Host ?? _administrative.Host ?? "localhost", options.Port ?? _administrative.Port, _administrative.Database ?? _administrative.Username ?? "postgres");

    /// <summary>How long to wait for sessions to end.</summary>
    public TimeSpan Patience => options.StatementTimeout;

    /// <summary>Npgsql does not hear the token while a frozen server owes it the first byte; to leave such an opening to its time-out changes nothing anywhere.</summary>
    /// <param name="database">Another database than the platform's.</param>
    protected Task<NpgsqlConnection> Connect(string? database, CancellationToken cancellation)
    {
        var to = new NpgsqlConnectionStringBuilder(_administrative.ConnectionString);
        if (database is not null)
            to.Database = database;
        var connectionString = to.ConnectionString;
        return Open().WaitAsync(cancellation);

        async Task<NpgsqlConnection> Open()
        {
            var connection = new NpgsqlConnection(connectionString);
            try
            {
                await connection.OpenAsync(cancellation);
                cancellation.ThrowIfCancellationRequested(); // nobody waits any more
                return connection;
            }
            catch
            {
                await connection.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>Tries a real login with a user's password.</summary>
    /// <returns>True: it works; false: the server refused the password.</returns>
    /// <exception cref="PlatformException">The server gave another reason, so nothing is known of the password.</exception>
    public async Task<bool> CanLogIn(string user, string password, CancellationToken cancellation)
    {
        var login = new NpgsqlConnectionStringBuilder(_administrative.ConnectionString)
        {
            Username = user,
            Password = password,
            Database = Address.Database,
        };
        // A client certificate is the account's own and must not vouch for somebody else.
        foreach (var key in (string[])["Passfile", "SSL Certificate", "SSL Key", "SSL Password", "Server Compatibility Mode"])
            login.Remove(key);
        // A data source of its own: Npgsql would keep one per connection string, with the password in it.
        await using var source = new NpgsqlSlimDataSourceBuilder(login.ConnectionString)
            .ConfigureTypeLoading(types => types.EnableTypeLoading(false))
            .EnableTransportSecurity()
            .Build();
        try
        {
            await using var connection = await source.OpenConnectionAsync(cancellation);
            return true;
        }
        catch (PostgresException refused) when (IsWrongPassword(refused))
        {
            return false;
        }
        catch (PostgresException after) when (after.SqlState is PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.InvalidCatalogName)
        {
            return true; // The password was right; what is missing is the right to connect to this database.
        }
        catch (PostgresException unclear) when (unclear.SqlState == PostgresErrorCodes.InvalidAuthorizationSpecification)
        {
            throw new PlatformException(
                $"{options.Name}: whether a password of {user} works cannot be tried from here: {unclear.MessageText} (28000). Let the server admit that user from this host with a password.",
                permanent: true);
        }
    }

    /// <summary>True where the server said that the password is not the user's.</summary>
    protected virtual bool IsWrongPassword(PostgresException refused) => refused.SqlState == PostgresErrorCodes.InvalidPassword;

    /// <summary>Runs the work and turns what it throws into what the port promises.</summary>
    /// <param name="what">What was attempted, for the message; no secrets.</param>
    public async Task<T> Attempt<T>(string what, Func<Task<T>> work, CancellationToken cancellation)
    {
        try
        {
            return await work();
        }
        catch (PostgresException failure) when (!cancellation.IsCancellationRequested)
        {
            throw Explain(what, failure);
        }
        catch (Exception lost) when (lost is NpgsqlException or TimeoutException or IOException or SocketException && !cancellation.IsCancellationRequested)
        {
            throw new PlatformException($"{options.Name}: {what}: the server did not answer ({lost.Message})", inner: lost);
        }
        catch (Exception late) when (late is NpgsqlException or TimeoutException or IOException or SocketException)
        {
            throw new OperationCanceledException($"{options.Name}: {what}: the attempt's time was up", late, cancellation);
        }
    }

    private PlatformException Explain(string what, PostgresException failure)
    {
        var (permanent, advice) = failure.SqlState switch
        {
            PostgresErrorCodes.InsufficientPrivilege => (true, "; the platform's account lacks a right, see " + page),
            PostgresErrorCodes.UndefinedObject or PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedFunction or PostgresErrorCodes.InvalidSchemaName => (true, ""),
            PostgresErrorCodes.InvalidParameterValue or PostgresErrorCodes.InvalidName or PostgresErrorCodes.NameTooLong or PostgresErrorCodes.ReservedName => (true, ""),
            PostgresErrorCodes.InvalidGrantOperation or PostgresErrorCodes.InvalidGrantor or PostgresErrorCodes.SyntaxError => (true, ""),
            PostgresErrorCodes.LockNotAvailable => (false, "; another session holds a lock"),
            PostgresErrorCodes.QueryCanceled => (false, "; the statement took longer than the platform's time-out"),
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => (false, "; the platform's own account could not log in"),
            _ => (false, ""),
        };
        return new PlatformException($"{options.Name}: {what}: {failure.MessageText} ({failure.SqlState}){advice}", permanent, failure);
    }

    private static NpgsqlConnectionStringBuilder Parse(PgServerOptions options, string? mode)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(options.Name);
        if (options.StatementTimeout < TimeSpan.FromSeconds(1) || options.StatementTimeout >= EffectRunner.AttemptTimeout)
            throw new ArgumentException($"statementTimeout of platform \"{options.Name}\" must be from 1 s to less than {EffectRunner.AttemptTimeout.TotalSeconds:0} s.", nameof(options));
        try
        {
            var asked = new NpgsqlConnectionStringBuilder(options.ConnectionString);
            var settings = new NpgsqlConnectionStringBuilder(options.ConnectionString)
            {
                // Negotiating it costs a round trip, and against a server that does not answer a whole connect time-out more.
                GssEncryptionMode = asked.ShouldSerialize("GSS Encryption Mode") ? asked.GssEncryptionMode : GssEncryptionMode.Disable,
                Pooling = false,
                Multiplexing = false,
                Enlist = false,
                IncludeErrorDetail = false,
                PersistSecurityInfo = true, // the string is opened again and again, and never leaves this class
                ApplicationName = "access-functions",
                Timeout = Math.Max(1, (int)Math.Ceiling(options.ConnectTimeout.TotalSeconds)),
                // The server's own bound comes first; this one is for a server that no longer answers.
                CommandTimeout = (int)Math.Ceiling(options.StatementTimeout.TotalSeconds) + 2,
            };
            if (mode is not null)
                settings["Server Compatibility Mode"] = mode;
            return settings;
        }
        catch (Exception broken) when (broken is ArgumentException or FormatException)
        {
            // Npgsql's own message may quote a piece of the string, and so of the password.
            throw new ArgumentException($"The connection string of platform \"{options.Name}\" cannot be read: it is made of Key=Value pairs, separated by semicolons.", nameof(options));
        }
    }
}

/// <summary>Connections as sessions.</summary>
internal abstract class PgConnections<TSession>(PgServerOptions options, string page, string? mode = null) : PgConnections(options, page, mode)
    where TSession : SqlSession
{
    /// <summary>Connects as the administrative account.</summary>
    /// <param name="database">Another database than the platform's.</param>
    public async Task<TSession> Open(CancellationToken cancellation, string? database = null)
    {
        var connection = await Connect(database, cancellation);
        try
        {
            return await Begin(connection, cancellation);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs work in a session of its own.</summary>
    /// <param name="what">What is attempted, for messages; no secrets.</param>
    public Task<T> WithSession<T>(string what, Func<TSession, Task<T>> work, CancellationToken cancellation) => Attempt(what, async () =>
    {
        await using var session = await Open(cancellation);
        return await work(session);
    }, cancellation);

    /// <inheritdoc cref="WithSession{T}"/>
    public Task WithSession(string what, Func<TSession, Task> work, CancellationToken cancellation) => WithSession(what, async session =>
    {
        await work(session);
        return true;
    }, cancellation);

    /// <summary>Sets the session's bounds on the server, and finds out who the account is.</summary>
    protected abstract Task<TSession> Begin(NpgsqlConnection connection, CancellationToken cancellation);
}
