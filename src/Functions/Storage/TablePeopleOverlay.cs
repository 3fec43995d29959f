using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using Azure;
using Azure.Data.Tables;

namespace AccessFunctions.Functions.Storage;

/// <summary>Roles, stand-ins and Slack users that were set at run time: a partition of each, a row per person; links of identities, a row per identity. The last save holds.</summary>
public sealed class TablePeopleOverlay(TableServiceClient tables) : IPeopleOverlay
{
    private const string RolesPartition = "roles";
    private const string DelegationsPartition = "delegations";
    private const string SlackPartition = "slack";
    private const string LinksPartition = "identities";
    private const string Ended = "Ended";
    private const string Forgotten = "";
    private const int RowsAtOnce = 100;
    private readonly TableClient _table = tables.GetTableClient(StorageTables.People);

    /// <inheritdoc />
    public async Task<PeopleOverlay> Load(CancellationToken cancellation)
    {
        var (roles, delegations) = (new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal), new List<Delegation>());
        var ended = new HashSet<string>(StringComparer.Ordinal);
        var slack = new Dictionary<string, string?>(StringComparer.Ordinal);
        var links = new Dictionary<PlatformIdentity, IdentityLink>();
        await foreach (var row in Transient.Read(_table.QueryAsync<TableEntity>(cancellationToken: cancellation), cancellation))
        {
            var person = row.GetString("Person");
            if (row.PartitionKey == RolesPartition && row.GetBoolean(Ended) is true) ended.Add(person);
            if (row.PartitionKey == RolesPartition) roles.Add(person, row.GetString("Roles").Split(' ', StringSplitOptions.RemoveEmptyEntries));
            else if (row.PartitionKey == SlackPartition) slack.Add(person, row.GetString("User") is { Length: > 0 } user ? user : null);
            else if (row.PartitionKey == LinksPartition && row.GetString("Kind") is var kind && kind != Forgotten) links.Add(new PlatformIdentity(row.GetString("Platform"), row.GetString("Identity")), new IdentityLink(person, Enum.Parse<LinkKind>(kind)));
            else if (row.PartitionKey == DelegationsPartition) delegations.Add(new Delegation(person, row.GetString("StandIn"), row.GetDateTimeOffset("From")!.Value, row.GetDateTimeOffset("Until")!.Value));
        }

        return new PeopleOverlay(roles, [.. delegations.OrderBy(delegation => delegation.Person, StringComparer.Ordinal)]) { EndedRoles = ended, SlackUsers = slack, IdentityLinks = links };
    }

    /// <inheritdoc />
    public Task SaveRoles(string person, IReadOnlyList<string> roles, CancellationToken cancellation) =>
        Save(new TableEntity(RolesPartition, TableKeys.Of(person)) { ["Person"] = person, ["Roles"] = string.Join(' ', roles) }, cancellation);

    /// <inheritdoc />
    public Task EndRoles(string person, CancellationToken cancellation) => Transient.Run(async () =>
    {
        try
        {
            await _table.UpdateEntityAsync(new TableEntity(RolesPartition, TableKeys.Of(person)) { [Ended] = true }, ETag.All, TableUpdateMode.Merge, cancellation);
        }
        catch (RequestFailedException failure) when (failure is { Status: 404, ErrorCode: "ResourceNotFound" })
        {
            // None are set.
        }
    }, cancellation);

    /// <inheritdoc />
    public Task SaveDelegation(string person, Delegation? delegation, CancellationToken cancellation) => delegation is null
        ? Transient.Run(() => _table.DeleteEntityAsync(DelegationsPartition, TableKeys.Of(person), ETag.All, cancellation), cancellation)
        : Save(
            new TableEntity(DelegationsPartition, TableKeys.Of(person))
            {
                ["Person"] = person,
                ["StandIn"] = delegation.StandIn,
                ["From"] = delegation.From.ToUniversalTime(),
                ["Until"] = delegation.Until.ToUniversalTime(),
            },
            cancellation);

    /// <inheritdoc />
    public Task SaveSlackUser(string person, string? user, CancellationToken cancellation) =>
        Save(new TableEntity(SlackPartition, TableKeys.Of(person)) { ["Person"] = person, ["User"] = user ?? "" }, cancellation);

    /// <inheritdoc />
    public async Task SaveIdentityLinks(IReadOnlyDictionary<PlatformIdentity, IdentityLink?> links, CancellationToken cancellation)
    {
        foreach (var portion in links.Chunk(RowsAtOnce))
        {
            await Transient.Run(() => _table.SubmitTransactionAsync(portion.Select(static pair => Action(pair.Key, pair.Value)), cancellation), cancellation);
        }
    }

    private static TableTransactionAction Action(PlatformIdentity identity, IdentityLink? link)
    {
        var row = new TableEntity(LinksPartition, TableKeys.Of($"{identity.Platform}/{identity.Name}")) { ["Platform"] = identity.Platform, ["Identity"] = identity.Name };

        // One that is forgotten stays as a row that says nothing: a deletion of what is not there would undo the whole transaction.
        row["Kind"] = link is null ? Forgotten : link.Kind.ToString();
        if (link?.Person is { } person) row["Person"] = person;
        return new TableTransactionAction(TableTransactionActionType.UpsertReplace, row);
    }

    private Task Save(TableEntity row, CancellationToken cancellation) =>
        Transient.Run(() => _table.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellation), cancellation);
}
