using System.Text.Json;
using System.Text.Json.Nodes;
using AccessFunctions.Application.Directory.Provisioning;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Integrations.Mail.Graph;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Integrations.People.Graph;

/// <summary>
/// Keeps people and groups as Microsoft Graph has them: everything once, then what changed since. A round that fails changes nothing, and the next run
/// asks for the same changes again.
/// </summary>
public sealed partial class GraphReader(GraphDeltas deltas, DirectoryGraphOptions options, DirectoryImport import, IChannelStore store, TimeProvider time, ILogger<GraphReader> logger) : IDisposable
{
    /// <summary>How long one run may take.</summary>
    public static TimeSpan Budget { get; } = TimeSpan.FromMinutes(25);

    private const string Set = "directory-graph";
    private const string GroupsMark = "groups";
    private static readonly DateTimeOffset Kept = new(9999, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly ProvisioningActor Graph = new(Sources.Graph, SystemActors.Graph, null);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private DateTimeOffset _quietUntil = DateTimeOffset.MinValue;

    /// <summary>Asks once what changed, and takes it over.</summary>
    /// <exception cref="GraphException">Graph did not answer as hoped; what was read before stays.</exception>
    public async Task RunOnce(CancellationToken cancellation)
    {
        if (time.GetUtcNow() < _quietUntil) return;
        await _turn.WaitAsync(cancellation);
        using var late = new CancellationTokenSource(Budget, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        try
        {
            await Run(linked.Token);
        }
        catch (GraphException failure) when (failure.Pause is { } pause)
        {
            _quietUntil = time.GetUtcNow() + pause;
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task Run(CancellationToken cancellation)
    {
        var (users, groups) = (await Mark("users", UsersQuery, cancellation), GroupsQuery is { } query ? await Mark(GroupsMark, query, cancellation) : null);

        // Who is missing is gone only where everything was read: both from the beginning, or neither.
        var whole = users.Link is null || (groups is not null && groups.Link is null);
        var found = await Rounds(whole ? users with { Link = null } : users, whole && groups is not null ? groups with { Link = null } : groups, whole, cancellation);
        if (found is null)
        {
            LogAllAgain();
            whole = true;
            found = await Rounds(users with { Link = null }, groups is null ? null : groups with { Link = null }, whole, cancellation) ?? throw new GraphException("Microsoft Graph does not know a query that begins.", null);
        }

        // Once no group is asked for, where reading them had got to means nothing: when they are asked for again, it is from the beginning.
        if (groups is null) await store.Remove(Set, GroupsMark, cancellation);
        var done = await import.Apply(Graph, found.Value.Changes with { MostLeavers = options.MostLeavers }, cancellation);
        await Keep(users, found.Value.Users, cancellation);

        // A group that was passed over would miss these changes for ever: they are asked for again.
        if (groups is not null && done.Skipped.Count == 0) await Keep(groups, found.Value.Groups!, cancellation);
        foreach (var group in done.Skipped) LogTooLarge(group);
        if (done.Changes > 0 || whole) LogRead(done.Changes, whole);
    }

    private async Task<(ImportedChanges Changes, string Users, string? Groups)?> Rounds(Place users, Place? groups, bool whole, CancellationToken cancellation)
    {
        if (await deltas.Round(users.Link ?? users.Query, cancellation) is not var (persons, nextUsers)) return null;
        (IReadOnlyList<JsonObject> Objects, string Next)? teams = null;
        if (groups is not null && (teams = await deltas.Round(groups.Link ?? groups.Query, cancellation)) is null) return null;

        var known = await import.Known(cancellation);
        var (found, gone) = GraphPeople.Users(persons, id => !whole && known.User(id) is { Source: Sources.Graph } user ? user : null);
        // Groups that are no longer asked for are gone.
        if (groups is null) return (new ImportedChanges(found, gone, [], [.. known.Groups.Where(static group => group.Source == Sources.Graph).Select(static group => group.Id)], whole), nextUsers, null);
        var (groupsFound, groupsGone) = GraphPeople.Groups(teams!.Value.Objects, id => !whole && known.Group(id) is { Source: Sources.Graph } group ? group : null);
        return (new ImportedChanges(found, gone, groupsFound, groupsGone, whole), nextUsers, teams.Value.Next);
    }

    private string UsersQuery => deltas.Query($"users/delta?$select={GraphPeople.UserProperties}");

    private string? GroupsQuery => options.GivenGroups is { Count: > 0 } groups
        ? deltas.Query($"groups/delta?$select={GraphPeople.GroupProperties}&$filter={Uri.EscapeDataString(string.Join(" or ", groups.Order(StringComparer.OrdinalIgnoreCase).Select(static id => $"id eq '{id}'")))}")
        : null;

    /// <summary>Where the last round ended; the beginning where another question is asked now.</summary>
    private async Task<Place> Mark(string name, string query, CancellationToken cancellation)
    {
        var row = await store.Find(Set, name, cancellation);
        var mark = row is null ? null : JsonSerializer.Deserialize<Stored>(row.Value, JsonSerializerOptions.Web);
        return new Place(name, query, mark?.Query == query ? mark.Link : null, row);
    }

    private async Task Keep(Place place, string link, CancellationToken cancellation)
    {
        var text = JsonSerializer.Serialize(new Stored(place.Query, link), JsonSerializerOptions.Web);
        _ = place.Row is null ? await store.Add(Set, place.Name, text, Kept, cancellation) : await store.Replace(Set, place.Row, text, Kept, cancellation);
    }

    private sealed record Place(string Name, string Query, string? Link, ChannelRow? Row);

    private sealed record Stored(string Query, string Link);

    [LoggerMessage(Level = LogLevel.Information, Message = "Microsoft Graph no longer knows where reading the directory had got to; everything is read again.")]
    private partial void LogAllAgain();

    [LoggerMessage(Level = LogLevel.Error, Message = "Group {Group} has more members than are stored in one (about 20,000) and stays as it was read before; take it out of Directory:Graph:Groups, or split it.")]
    private partial void LogTooLarge(string group);

    [LoggerMessage(Level = LogLevel.Information, Message = "The directory was read from Microsoft Graph: {Changes} changes (everything: {Whole}).")]
    private partial void LogRead(int changes, bool whole);
}
