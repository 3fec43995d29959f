using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using Xunit;

namespace AccessFunctions.Tests.Shared;

/// <summary>What a host's audit log promises. Chaining itself is the domain's and tested there.</summary>
public abstract class AuditLogContract
{
    protected abstract IAuditLog Audit { get; }
    protected abstract IRequestWorkflow Workflow { get; }
    protected abstract ManualTimeProvider Time { get; }

    [Fact]
    public async Task Append_ChainsIntoTheHostsStreamOfTheDay()
    {
        await Append("erin", EventTypes.Host.AuditExported);
        await Append("anonymous", EventTypes.Host.SignInFailed);
        Time.Advance(TimeSpan.FromDays(1));
        await Append("erin", EventTypes.Host.AuditExported);

        var rows = await Exported();
        Assert.Equal(2, rows.Select(row => row.Stream).Distinct().Count());
        Assert.All(rows, row => Assert.StartsWith("host:", row.Stream, StringComparison.Ordinal));
        Assert.Equal([1L, 2, 1], rows.OrderBy(row => row.Stream, StringComparer.Ordinal).ThenBy(row => row.Sequence).Select(row => row.Sequence));
        Assert.Equal(rows[0].Hash, rows[1].Previous);
    }

    [Fact]
    public async Task List_FiltersAndPages_NewestFirst()
    {
        var start = Time.GetUtcNow();
        foreach (var actor in new[] { "erin", "erin", "dave", "erin", "erin" })
        {
            await Append(actor, EventTypes.Host.AuditExported);
            Time.Advance(TimeSpan.FromMinutes(1));
        }

        await Append("erin", EventTypes.Host.SignInFailed, request: "r-9");
        Assert.Equal(6, (await List(new AuditFilter())).Count);
        Assert.Equal(5, (await List(new AuditFilter { Actor = "erin" })).Count);
        Assert.Single(await List(new AuditFilter { Actor = "dave" }));
        Assert.Single(await List(new AuditFilter { Type = EventTypes.Host.SignInFailed }));
        Assert.Single(await List(new AuditFilter { RequestId = "r-9" }));
        Assert.Equal(2, (await List(new AuditFilter { From = start.AddMinutes(1), To = start.AddMinutes(3) })).Count);
        Assert.Empty(await List(new AuditFilter { Emergency = true }));

        var pages = new List<AuditRow>();
        string? cursor = null;
        do
        {
            var page = await Audit.List(new AuditFilter { Actor = "erin" }, cursor, 2, CancellationToken.None);
            pages.AddRange(page.Items);
            cursor = page.Next;
        }
        while (cursor is not null);
        Assert.Equal([6L, 5, 4, 2, 1], pages.Select(row => row.Sequence));
    }

    [Fact]
    public async Task List_ByTypesAndKind_GivesBoth()
    {
        var secret = Signals.Ask with { Resources = ["vault/db-admin"], Kind = AccessKind.Credential, Role = null };
        await Workflow.Signal("r-1", Signals.Submit("r-1"), CancellationToken.None);
        await Workflow.Signal("r-2", Signals.Submit("r-2", ask: secret), CancellationToken.None);
        await Workflow.Signal("r-3", Signals.Submit("r-3"), CancellationToken.None);
        foreach (var signal in new (string, Signal)[] { ("r-1", Signals.Approve("bob")), ("r-2", Signals.Approve("bob")), ("r-3", Signals.Deny("bob")) })
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            await Workflow.Signal(signal.Item1, signal.Item2, CancellationToken.None);
        }

        string[] decisions = [EventTypes.Request.Approved, EventTypes.Request.Denied];
        Assert.Equal(["r-3", "r-2", "r-1"], (await List(new AuditFilter { Actor = "bob", Types = decisions })).Select(row => row.Stream));
        Assert.Equal(["r-3"], (await List(new AuditFilter { Types = [EventTypes.Request.Denied] })).Select(row => row.Stream));
        Assert.Equal(["r-2"], (await List(new AuditFilter { Types = decisions, Kind = nameof(AccessKind.Credential) })).Select(row => row.Stream));
        var first = await Audit.List(new AuditFilter { Types = decisions, Kind = nameof(AccessKind.Role) }, null, 1, CancellationToken.None);
        Assert.Equal("r-3", Assert.Single(first.Items).Stream);
        Assert.Equal("r-1", Assert.Single((await Audit.List(new AuditFilter { Types = decisions, Kind = nameof(AccessKind.Role) }, first.Next, 5, CancellationToken.None)).Items).Stream);
    }

    [Fact]
    public async Task List_OfARequest_GivesItsOwnChainToo()
    {
        await Workflow.Signal("r-1", Signals.Submit("r-1"), CancellationToken.None);
        await Workflow.Signal("r-2", Signals.Submit("r-2"), CancellationToken.None);
        await Append("mallory", EventTypes.Host.CallRefused, request: "r-1");
        var rows = await List(new AuditFilter { RequestId = "r-1" });
        Assert.Contains(rows, row => row.Stream == "r-1");
        Assert.Contains(rows, row => row.Stream.StartsWith("host:", StringComparison.Ordinal));
        Assert.DoesNotContain(rows, row => row.Stream == "r-2");
    }

    [Fact]
    public async Task List_OfAResource_GivesWhatHappenedToItOutsideOfRequests()
    {
        await Workflow.Signal("r-1", Signals.Submit("r-1"), CancellationToken.None);
        foreach (var resource in new[] { "access-group/a", "access-group/b", "access-group/a" })
        {
            await Append("dave", EventTypes.Host.PolicySaved, resource: resource);
            Time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal([3L, 1], (await List(new AuditFilter { Resource = "access-group/a" })).Select(row => row.Sequence));
        Assert.Single(await List(new AuditFilter { Resource = "access-group/a", To = Time.GetUtcNow().AddMinutes(-2) }));
        Assert.Empty(await List(new AuditFilter { Resource = "access-group/a", Actor = "erin" }));
        Assert.Empty(await List(new AuditFilter { Resource = "access-group" }));
        Assert.Empty(await List(new AuditFilter { Resource = Signals.Submit("r-1").Ask.Resources[0] }));
        var first = await Audit.List(new AuditFilter { Resource = "access-group/a" }, null, 1, CancellationToken.None);
        Assert.Equal(1, Assert.Single((await Audit.List(new AuditFilter { Resource = "access-group/a" }, first.Next, 1, CancellationToken.None)).Items).Sequence);
    }

    [Fact]
    public async Task Checkpoint_FoldsWhatChangedSinceTheLast()
    {
        Assert.Null(await Audit.MakeCheckpoint(CancellationToken.None));
        await Workflow.Signal("r-1", Signals.Submit("r-1"), CancellationToken.None);
        var first = await Audit.MakeCheckpoint(CancellationToken.None);
        Assert.Equal(["r-1"], first!.Heads.Select(head => head.Stream));
        Assert.Null(await Audit.MakeCheckpoint(CancellationToken.None));

        await Workflow.Signal("r-2", Signals.Submit("r-2"), CancellationToken.None);
        var second = await Audit.MakeCheckpoint(CancellationToken.None);
        Assert.Equal((2, first.Root), (second!.Number, second.Previous));
        Assert.Equal(["r-2"], second.Heads.Select(head => head.Stream));
        var stored = await Audit.Checkpoints(CancellationToken.None);
        Assert.Equal([first.Root, second.Root], stored.Select(checkpoint => checkpoint.Root));
        var hashes = (await Exported()).ToDictionary(row => (row.Stream, row.Sequence), row => row.Hash);
        Assert.Empty(Checkpoints.Verify(stored, (stream, sequence) => hashes.GetValueOrDefault((stream, sequence))));
    }

    private Task Append(string actor, string type, string? request = null, string? resource = null) => Audit.Append(
        new AuditEvent { Type = type, At = Time.GetUtcNow(), Actor = actor, Channel = nameof(Channel.SignedIn), Succeeded = true, RequestId = request, Resource = resource }, CancellationToken.None);

    private async Task<IReadOnlyList<AuditRow>> List(AuditFilter filter) => (await Audit.List(filter, null, 50, CancellationToken.None)).Items;

    private async Task<List<AuditRow>> Exported()
    {
        var rows = new List<AuditRow>();
        await foreach (var row in Audit.Export(CancellationToken.None)) rows.Add(row);
        return rows;
    }
}
