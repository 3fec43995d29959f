using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Embedded.Sqlite;

/// <summary>Roles, stand-ins and Slack users that were set at run time.</summary>
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
        SlackUsers = session.Query("SELECT person, slack_user FROM person_slack", static row => (Person: row.GetString(0), User: row.GetString(1)))
            .ToDictionary(static row => row.Person, static row => row.User.Length == 0 ? null : row.User, StringComparer.Ordinal),
    }));

    /// <inheritdoc />
    public Task SaveRoles(string person, IReadOnlyList<string> roles, CancellationToken cancellation) => database.Writer.Write(batch =>
    {
        batch.Session.Run(
            "INSERT INTO person_roles(person, roles) VALUES(?1, ?2) ON CONFLICT(person) DO UPDATE SET roles = excluded.roles", person, string.Join(' ', roles));
    });

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
}
