using AccessFunctions.Application.Inventory;
using AccessFunctions.Application.Ports;
using Xunit;

namespace AccessFunctions.Tests.Shared;

/// <summary>What a host's store of facts promises.</summary>
public abstract class InventoryStoreContract
{
    private static readonly DateTimeOffset At = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);
    private const string Odd = "dömain\\x / \"q\" %_?#\t1";

    /// <summary>The store as a process that starts now finds it.</summary>
    protected abstract IInventoryStore Opened { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static readonly InventoryFact[] Facts =
    [
        new IdentityFact("alice", IdentityKind.Login) { Email = "alice@example.com", EmailVerified = true },
        new IdentityFact("dba", IdentityKind.Role) { Admin = ["createrole", "superuser"] },
        new IdentityFact(Odd, IdentityKind.Group) { Managed = true, MembersUnknown = true },
        new MembershipFact("alice", "dba", Inherit: false, Set: true, Admin: true),
        new MembershipFact("alice", Odd),
        new PrivilegeFact("dba", "pg/a.t", ["INSERT", "SELECT"]) { Grantable = ["SELECT"], NotInherited = true },
        new PrivilegeFact("dba", $"pg/{Odd}", ["SELECT"]),
        new PrivilegeFact("alice", "pg/a.t", ["SELECT"]),
        new ResourceFact("pg/a.t", "table", "Orders"),
        new ResourceFact($"pg/{Odd}"),
    ];

    [Fact]
    public async Task Facts_ComeBackAsTheyWereSaved()
    {
        await Run("pg", 1, Facts);
        var store = Opened;
        var graph = await store.Graph("pg", Cancellation);
        Assert.Equal(["alice", "dba", Odd], graph.Identities.Select(static identity => identity.Name));
        Assert.Equivalent(Facts[..3], graph.Identities, strict: true);
        Assert.Equivalent(new[] { Facts[3], Facts[4] }, graph.Above("alice"), strict: true);
        Assert.Equal(["alice"], graph.Below(Odd).Select(static membership => membership.Member));
        Assert.Equivalent(Facts[5], Assert.Single((await store.PrivilegesOf("pg", "dba", null, 9, Cancellation)).Items, static fact => fact.Resource == "pg/a.t"), strict: true);
        Assert.Equal(["alice", "dba"], (await store.PrivilegesOn("pg", "pg/a.t", null, 9, Cancellation)).Items.Select(static fact => fact.Grantee));
        Assert.Equivalent(Facts[8], (await store.Resources("pg", "A.T", null, null, 9, Cancellation)).Items.Single(), strict: true);
        Assert.Equal(["dba"], (await store.PrivilegesOn("pg", $"pg/{Odd}", null, 9, Cancellation)).Items.Select(static fact => fact.Grantee));
    }

    [Fact]
    public async Task SavingTheSameAgain_WritesNothing_AndWhatChangedAlone()
    {
        Assert.Equal((10, 0), await Run("pg", 1, Facts));
        Assert.Equal((0, 0), await Run("pg", 2, Facts));
        Assert.Equal((1, 1), await Run("pg", 3, [.. Facts[..7], new PrivilegeFact("alice", "pg/a.t", ["DELETE"]), Facts[8]]));
        Assert.Equal(["DELETE"], (await Opened.PrivilegesOf("pg", "alice", null, 9, Cancellation)).Items.Single().Privileges);
        Assert.Equal(["pg/a.t"], (await Opened.Resources("pg", null, null, null, 9, Cancellation)).Items.Select(static fact => fact.Resource));
    }

    [Fact]
    public async Task WhatACompletedRunDidNotSee_IsRemoved_OnItsPlatformAlone()
    {
        await Run("pg", 1, Facts);
        await Run("other", 1, Facts);
        Assert.Equal((0, 9), await Run("pg", 2, [Facts[0]]));
        Assert.Equal(["alice"], (await Opened.Graph("pg", Cancellation)).Identities.Select(static identity => identity.Name));
        Assert.Empty((await Opened.PrivilegesOn("pg", "pg/a.t", null, 9, Cancellation)).Items);
        Assert.Equal(3, (await Opened.Graph("other", Cancellation)).Identities.Count);
    }

    [Fact]
    public async Task ARunThatIsBrokenOff_GoesOn_AndRemovesNothingItSawBefore()
    {
        await Run("pg", 1, [.. Facts, new IdentityFact("gone", IdentityKind.Login)]);
        await using (var run = (await Opened.Begin("pg", Cancellation))!)
            await run.Save(Facts[..5], _ => run.Progress with { State = IngestState.Running, Run = 2, Mark = "5", Started = At }, Cancellation);

        var left = (await Opened.Progress("pg", Cancellation))!;
        Assert.Equal((IngestState.Running, 2L, "5", At), (left.State, left.Run, left.Mark, left.Started));
        await using (var run = (await Opened.Begin("pg", Cancellation))!)
        {
            Assert.Equal("5", run.Progress.Mark);
            await run.Save(Facts[5..], _ => run.Progress with { Mark = null }, Cancellation);
            Assert.Equal(1, await run.RemoveUnseen(Cancellation));
        }

        Assert.Equal(3, (await Opened.Graph("pg", Cancellation)).Identities.Count);
    }

    [Fact]
    public async Task OneCallerAtATime_HasAPlatform()
    {
        var store = Opened;
        await using var first = await store.Begin("pg", Cancellation);
        Assert.NotNull(first);
        Assert.Null(await store.Begin("pg", Cancellation));
        await using var other = await store.Begin("other", Cancellation);
        Assert.NotNull(other);
        await first.DisposeAsync();
        await using var next = await store.Begin("pg", Cancellation);
        Assert.NotNull(next);
    }

    [Fact]
    public async Task Progress_IsKept_AndWhatIsAskedForDuringARunIsNotLost()
    {
        Assert.Empty(await Opened.Progress(Cancellation));
        Assert.Null(await Opened.Progress("pg", Cancellation));
        var ask = new IngestAsk("dave", "k2", At);
        await Opened.Ask("pg", ask with { Key = "k1" }, Cancellation);
        var store = Opened;
        await using (var run = (await store.Begin("pg", Cancellation))!)
        {
            Assert.Equal("k1", run.Progress.Asked?.Key);
            await run.Save([], _ => run.Progress with { State = IngestState.Running, Run = 1, Asked = null, AnsweredKey = "k1", By = "dave" }, Cancellation);
            Assert.Null((await Opened.Progress("pg", Cancellation))!.Asked);
            await store.Ask("pg", ask, Cancellation);
            await run.Save([], _ => run.Progress with { State = IngestState.Failed, Error = "down", Seen = new FactCounts(1, 2, 3, 4), Written = 5, Removed = 6, FactsAt = At, Facts = new FactCounts(7), Version = 8 }, Cancellation);
        }

        var progress = (await Opened.Progress(Cancellation)).Single();
        Assert.Equal(ask, progress.Asked);
        Assert.Equal(
            new IngestProgress("pg") { State = IngestState.Failed, Run = 1, AnsweredKey = "k1", By = "dave", Error = "down", Seen = new FactCounts(1, 2, 3, 4), Written = 5, Removed = 6, FactsAt = At, Facts = new FactCounts(7), Version = 8 },
            progress with { Asked = null });
    }

    [Fact]
    public async Task Lists_ArePaged_InOrder()
    {
        string[] names = [.. Enumerable.Range(0, 25).Select(static number => $"n{number:D2}")];
        await Run("pg", 1, [.. names.Select(static name => new PrivilegeFact(name, "pg/all", ["SELECT"])), .. names.Select(static name => new PrivilegeFact("one", $"pg/{name}", ["SELECT"])), .. names.Select(static name => new ResourceFact($"pg/{name}", name[^1] switch { '7' => "view", '8' => null, _ => "table" }))]);
        var store = Opened;
        Assert.Equal(names, await All(async after => await store.PrivilegesOn("pg", "pg/all", after, 10, Cancellation) is var page ? (page.Items.Select(static fact => fact.Grantee), page.Next) : default));
        Assert.Equal(names.Select(static name => $"pg/{name}"), await All(async after => await store.PrivilegesOf("pg", "one", after, 10, Cancellation) is var page ? (page.Items.Select(static fact => fact.Resource), page.Next) : default));
        Assert.Equal(names.Select(static name => $"pg/{name}"), await All(async after => await store.Resources("pg", null, null, after, 10, Cancellation) is var page ? (page.Items.Select(static fact => fact.Resource), page.Next) : default));
        Assert.Equal(["pg/n07", "pg/n17"], await All(async after => await store.Resources("pg", "7", null, after, 1, Cancellation) is var page ? (page.Items.Select(static fact => fact.Resource), page.Next) : default));
        Assert.Equal(["pg/n07", "pg/n17"], await All(async after => await store.Resources("pg", null, "view", after, 1, Cancellation) is var page ? (page.Items.Select(static fact => fact.Resource), page.Next) : default));
        Assert.Equal(["pg/n17"], await All(async after => await store.Resources("pg", "N1", "view", after, 1, Cancellation) is var page ? (page.Items.Select(static fact => fact.Resource), page.Next) : default));
        await Assert.ThrowsAsync<FormatException>(() => store.Resources("pg", null, null, "no cursor", 10, Cancellation));

        static async Task<List<string>> All(Func<string?, Task<(IEnumerable<string> Items, string? Next)>> page)
        {
            List<string> all = [];
            string? after = null;
            do
            {
                var (items, next) = await page(after);
                all.AddRange(items);
                after = next;
            }
            while (after is not null);
            return all;
        }
    }

    /// <summary>A whole run.</summary>
    /// <returns>How many facts were written, and how many removed.</returns>
    private async Task<(int Written, int Removed)> Run(string platform, long number, IReadOnlyList<InventoryFact> facts)
    {
        await using var run = (await Opened.Begin(platform, Cancellation))!;
        await run.Save([], _ => run.Progress with { State = IngestState.Running, Run = number, Written = 0 }, Cancellation);
        foreach (var portion in facts.Chunk(20)) await run.Save(portion, written => run.Progress with { Written = run.Progress.Written + written }, Cancellation);
        var removed = await run.RemoveUnseen(Cancellation);
        await run.Save([], _ => run.Progress with { State = IngestState.Completed }, Cancellation);
        return (run.Progress.Written, removed);
    }
}
