namespace AccessFunctions.Integrations.Postgres;

/// <summary>A server's users, as far as their passwords go.</summary>
internal interface IPasswordUsers
{
    /// <summary>Why the user's password may not be released; null: it may.</summary>
    Task<string?> Problem(string user, CancellationToken cancellation);

    Task<bool> Exists(string user, CancellationToken cancellation);

    /// <summary>Lets one change of a user's password at a time, where the server has locks for that. Without, those that meet set the same one, because it is stored before.</summary>
    Task TakeTurn(string user, CancellationToken cancellation);

    /// <summary>Sets the password without letting the server's logs have it.</summary>
    Task Set(string user, string password, CancellationToken cancellation);
}

/// <summary>The users of a PostgreSQL server.</summary>
internal sealed class PgPasswordUsers(PgSession session) : IPasswordUsers
{
    public async Task<string?> Problem(string user, CancellationToken cancellation)
    {
        if (await session.FindRole(user, cancellation) is not { CanLogin: true } role)
            return $"there is no database user {PgName.Quote(user)} that can log in";
        return role.Oid == session.Account.Oid || OwnNames.Has(role.Name)
            ? $"{PgName.Quote(user)} is this product's own, and its password is never released"
            : null;
    }

    public async Task<bool> Exists(string user, CancellationToken cancellation) => await session.FindRole(user, cancellation) is not null;

    /// <summary>
    /// One change of a user's password at a time, whoever asks: a vault that rotates here enters the ledger under a name of its own.
    /// Held until the session ends; the server's lock time-out bounds the wait.
    /// </summary>
    public Task TakeTurn(string user, CancellationToken cancellation) =>
        session.Execute("SELECT pg_advisory_lock(hashtext('access-functions password'), hashtext(@user))", cancellation, ("user", user));

    public Task Set(string user, string password, CancellationToken cancellation) =>
        session.InTransaction(() => session.Execute($"ALTER ROLE {PgName.Quote(user)} PASSWORD {PgName.Literal(ScramVerifier.For(password))}", cancellation), cancellation);
}
