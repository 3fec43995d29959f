using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Embedded.Sqlite;

/// <summary>Roles, stand-ins, Slack users and links of identities that were set at run time.</summary>
public sealed class SqlitePeopleOverlay(Database database) : IPeopleOverlay
{
    /// <inheritdoc />
    public Task<PeopleOverlay> Load(CancellationToken cancellation) => Task.FromResult(database.Read(static session => new PeopleOverlay(
        session.Query("SELECT person, roles FROM person_roles", static row => (row.GetString(0), row.GetString(1)))
            .ToDictionary(
                static pair => pair.Item1,
                static IReadOnlyList<string> (pair) => pair.Item2.Split(' ', StringSplitOptions.RemoveEmptyEntries),
                StringComparer.Ordinal),
        session.Query(
            "SELECT person, stand_in, begins, ends FROM delegations ORDER BY person",
            static row => new Delegation(
                row.GetString(0), row.GetString(1), new DateTimeOffset(row.GetInt64(2), TimeSpan.Zero), new DateTimeOffset(row.GetInt64(3), TimeSpan.Zero))))
    {
        EndedRoles = session.Query("SELECT person FROM person_roles WHERE ended = 1", static row => row.GetString(0)).ToHashSet(StringComparer.Ordinal),
        SlackUsers = session.Query("SELECT person, slack_user FROM person_slack", static row => (Person: row.GetString(0), User: row.GetString(1)))
            .ToDictionary(static row => row.Person, static row => row.User.Length == 0 ? null : row.User, StringComparer.Ordinal),
        IdentityLinks = session.Query(
                "SELECT platform, identity, person, kind FROM identity_links",
                static row => (Identity: new PlatformIdentity(row.GetString(0), row.GetString(1)), Link: new IdentityLink(row.IsDBNull(2) ? null : row.GetString(2), Enum.Parse<LinkKind>(row.GetString(3)))))
            .ToDictionary(static row => row.Identity, static row => row.Link),
    }));

    /// <inheritdoc />
    public Task SaveRoles(string person, IReadOnlyList<string> roles, CancellationToken cancellation) => database.Writer.Write(batch =>
    {
        batch.Session.Run(
            "INSERT INTO person_roles(person, roles) VALUES(?1, ?2) ON CONFLICT(person) DO UPDATE SET roles = excluded.roles, ended = 0", person, string.Join(' ', roles));
    });

    /// <inheritdoc />
    public Task EndRoles(string person, CancellationToken cancellation) =>
        database.Writer.Write(batch => { batch.Session.Run("UPDATE person_roles SET ended = 1 WHERE person = ?1", person); });

    /// <inheritdoc />
    public Task SaveDelegation(string person, Delegation? delegation, CancellationToken cancellation) => database.Writer.Write(batch =>
    {
        batch.Session.Run("DELETE FROM delegations WHERE person = ?1", person);
        if (delegation is null) return;
        batch.Session.Run(
            "INSERT INTO delegations(person, stand_in, begins, ends) VALUES(?1, ?2, ?3, ?4)",
            person, delegation.StandIn, delegation.From.UtcTicks, delegation.Until.UtcTicks);
    });

    /// <inheritdoc />
    public Task SaveSlackUser(string person, string? user, CancellationToken cancellation) => database.Writer.Write(batch =>
    {
        batch.Session.Run(
            "INSERT INTO person_slack(person, slack_user) VALUES(?1, ?2) ON CONFLICT(person) DO UPDATE SET slack_user = excluded.slack_user", person, user ?? "");
    });

    /// <inheritdoc />
    public Task SaveIdentityLinks(IReadOnlyDictionary<PlatformIdentity, IdentityLink?> links, CancellationToken cancellation) => database.Writer.Write(batch =>
    {
        foreach (var (identity, link) in links)
        {
            if (link is null)
                batch.Session.Run("DELETE FROM identity_links WHERE platform = ?1 AND identity = ?2", identity.Platform, identity.Name);
            else
                batch.Session.Run("INSERT OR REPLACE INTO identity_links(platform, identity, person, kind) VALUES(?1, ?2, ?3, ?4)", identity.Platform, identity.Name, link.Person, link.Kind.ToString());
        }
    });
}
