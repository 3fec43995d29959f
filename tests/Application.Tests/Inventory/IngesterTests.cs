using AccessFunctions.Application.Inventory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Tests.Fakes;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Tests.Shared;

namespace AccessFunctions.Application.Tests.Inventory;

public sealed class IngesterTests
{
    private readonly InventoryScene _scene = new();

    private static IdentityFact Login(string name, string? email = null) => new(name, IdentityKind.Login) { Email = email, EmailVerified = email is not null };

    [Fact]
    public async Task ARun_StoresEverything_AndSaysSo()
    {
        _scene.Platform.Pages.AddRange([[Login("a"), Login("b")], [new MembershipFact("a", "r"), new PrivilegeFact("r", "pg-prod/t", ["SELECT"])], [new ResourceFact("pg-prod/t")]]);
        await _scene.Run();
        Assert.Equal(5, _scene.Store.Rows("pg-prod").Count);
        var progress = _scene.Progress();
        Assert.Equal((IngestState.Completed, 1L, null, 5, 0), (progress.State, progress.Run, progress.Mark, progress.Written, progress.Removed));
        Assert.Equal(new FactCounts(2, 1, 1, 1), progress.Facts);
        Assert.Equal(InventoryScene.Now, progress.FactsAt);
        Assert.Equal(["started system:ingester platform/pg-prod", "completed system:ingester platform/pg-prod"], _scene.Events("access.inventory."));
    }

    [Fact]
    public async Task TheNextRun_ComesWhenItIsTime_AndWritesWhatChanged()
    {
        _scene.Platform.Pages.Add([Login("a"), Login("b")]);
        await _scene.Run();
        _scene.Time.Advance(TimeSpan.FromMinutes(59));
        await _scene.Run();
        Assert.Single(_scene.Platform.From);
        _scene.Time.Advance(TimeSpan.FromMinutes(1));
        _scene.Platform.Pages[0] = [Login("a"), Login("c")];
        var version = _scene.Progress().Version;
        await _scene.Run();
        var progress = _scene.Progress();
        Assert.Equal((2L, 1, 1), (progress.Run, progress.Written, progress.Removed));
        Assert.NotEqual(version, progress.Version);
        Assert.Equal(["a", "c"], _scene.Store.Rows("pg-prod").Select(static row => row.First));
    }

    [Fact]
    public async Task WithoutATimeLeft_TheNextCallGoesOn()
    {
        _scene.Platform.Pages.AddRange([[Login("a")], [Login("b")], [Login("c")]]);
        _scene.Platform.Before = _ =>
        {
            _scene.Time.Advance(TimeSpan.FromSeconds(30));
            return Task.CompletedTask;
        };
        await _scene.Run(TimeSpan.FromMinutes(1));
        Assert.Equal((IngestState.Running, "2"), (_scene.Progress().State, _scene.Progress().Mark));
        await _scene.Run(TimeSpan.FromMinutes(2));
        Assert.Equal((IngestState.Completed, 1L, 3), (_scene.Progress().State, _scene.Progress().Run, _scene.Progress().Seen.Identities));
        Assert.Equal([null, "2"], _scene.Platform.From);
        Assert.Equal(3, _scene.Store.Rows("pg-prod").Count);
        Assert.Single(_scene.Events("access.inventory.started"));
    }

    [Fact]
    public async Task AProcessThatDies_IsFollowedByOneThatGoesOn_AndRemovesNothingItSaw()
    {
        _scene.Platform.Pages.AddRange([[Login("a")], [Login("b")]]);
        await _scene.Run();
        _scene.Time.Advance(TimeSpan.FromHours(1));
        _scene.Platform.Before = static page => page == 1 ? throw new OperationCanceledException() : Task.CompletedTask;
        using var stopping = new CancellationTokenSource();
        _scene.Store.BeforeSave = progress =>
        {
            if (progress.Mark == "1") throw new InvalidOperationException("The process died here.");
        };
        await _scene.Run();
        _scene.Store.BeforeSave = null;
        _scene.Platform.Before = null;
        Assert.Equal((IngestState.Running, "1"), (_scene.Progress().State, _scene.Progress().Mark));
        await _scene.Run();
        Assert.Equal((IngestState.Completed, 2L, 0, 0), (_scene.Progress().State, _scene.Progress().Run, _scene.Progress().Written, _scene.Progress().Removed));
        Assert.Equal("1", _scene.Platform.From[^1]);
    }

    [Fact]
    public async Task APlatformThatFails_IsRecorded_AndLeavesTheOthersAndItsOwnFacts()
    {
        var scene = new InventoryScene(new FactsPlatform("down"), new FactsPlatform("up"));
        foreach (var platform in scene.Platforms) platform.Pages.AddRange([[Login("a")], [Login("b")]]);
        await scene.Run();
        scene.Time.Advance(TimeSpan.FromHours(1));
        scene.Platforms[0].Before = static page => page == 1 ? throw new PlatformException("down: no route to host") : Task.CompletedTask;
        await scene.Run();
        var failed = scene.Progress("down");
        Assert.Equal((IngestState.Failed, "down: no route to host", "1"), (failed.State, failed.Error, failed.Mark));
        Assert.Equal(InventoryScene.Now, failed.FactsAt);
        Assert.Equal(2, scene.Store.Rows("down").Count);
        Assert.Equal((IngestState.Completed, 2L), (scene.Progress("up").State, scene.Progress("up").Run));
        Assert.Contains("failed system:ingester platform/down", scene.Events("access.inventory."));

        // The next try comes sooner than the next run, and goes on.
        scene.Platforms[0].Before = null;
        await scene.Run();
        Assert.Equal(IngestState.Failed, scene.Progress("down").State);
        scene.Time.Advance(TimeSpan.FromMinutes(15));
        await scene.Run();
        Assert.Equal((IngestState.Completed, 2L, "1"), (scene.Progress("down").State, scene.Progress("down").Run, scene.Platforms[0].From[^1]));
        Assert.Null(scene.Progress("down").Error);
    }

    [Fact]
    public async Task APlaceThatNoRunGetsBeyond_IsLeftBehind()
    {
        _scene.Platform.Pages.AddRange([[Login("a")], [Login("b")]]);
        _scene.Platform.Before = static page => page == 1 ? throw new PlatformException("no such mark") : Task.CompletedTask;
        await _scene.Run();
        Assert.Equal("1", _scene.Progress().Mark);
        _scene.Time.Advance(TimeSpan.FromMinutes(15));
        await _scene.Run();
        Assert.Null(_scene.Progress().Mark);
        _scene.Platform.Before = null;
        _scene.Time.Advance(TimeSpan.FromMinutes(15));
        await _scene.Run();
        Assert.Equal(IngestState.Completed, _scene.Progress().State);
        Assert.Equal([null, "1", null], _scene.Platform.From);
    }

    [Fact]
    public async Task OtherErrors_AreNotQuoted()
    {
        _scene.Platform.Pages.Add([Login("a")]);
        _scene.Platform.Before = static _ => throw new InvalidOperationException("password=hunter2");
        await _scene.Run();
        Assert.DoesNotContain("hunter2", _scene.Progress().Error, StringComparison.Ordinal);
        Assert.DoesNotContain(_scene.Audit.Events, static happened => happened.Detail?.Text?.Contains("hunter2", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task AListThatEndsWithoutALastPage_RemovesNothing()
    {
        _scene.Platform.Pages.AddRange([[Login("a")], [Login("b")]]);
        await _scene.Run();
        _scene.Time.Advance(TimeSpan.FromHours(1));
        _scene.Platform.EndsEarly = true;
        await _scene.Run();
        Assert.Equal(IngestState.Failed, _scene.Progress().State);
        Assert.Equal(2, _scene.Store.Rows("pg-prod").Count);
    }

    [Fact]
    public async Task APageThatDoesNotCome_IsGivenUp()
    {
        var hang = new TaskCompletionSource();
        _scene.Platform.Pages.Add([Login("a")]);
        _scene.Platform.Before = _ => hang.Task;
        var run = _scene.Run();
        await _scene.Time.WaitForTimers(1);
        _scene.Time.Advance(TimeSpan.FromSeconds(60));
        await run;
        Assert.Equal((IngestState.Failed, "pg-prod: the platform did not answer in time"), (_scene.Progress().State, _scene.Progress().Error));
        hang.SetResult();
    }

    [Fact]
    public async Task AnAsk_IsAnAdministrators_AndMadeOnce()
    {
        _scene.Platform.Pages.Add([Login("a")]);
        await _scene.Run();
        var asked = 0;
        _scene.Ingester.Asked += () => asked++;
        Assert.Equal(RefusalReason.NotPermitted, (await _scene.Ingester.Ask(_scene.People.Caller("erin"), "pg-prod", "k", default))?.Reason);
        Assert.Equal(RefusalReason.NotFound, (await _scene.Ingester.Ask(_scene.People.Caller("dave"), "other", "k", default))?.Reason);
        Assert.Null(await _scene.Ingester.Ask(_scene.People.Caller("dave"), "pg-prod", "k", default));
        Assert.Null(await _scene.Ingester.Ask(_scene.People.Caller("dave"), "pg-prod", "k", default));
        Assert.Equal(1, asked);
        await _scene.Run();
        Assert.Equal((2L, "dave", IngestState.Completed), (_scene.Progress().Run, _scene.Progress().By, _scene.Progress().State));

        // The same ask again, when its run is over.
        Assert.Null(await _scene.Ingester.Ask(_scene.People.Caller("dave"), "pg-prod", "k", default));
        await _scene.Run();
        Assert.Equal(2, _scene.Progress().Run);
        Assert.Equal(["asked dave platform/pg-prod", "started dave platform/pg-prod", "completed dave platform/pg-prod"], _scene.Events("access.inventory.").Skip(2));
    }

    [Fact]
    public async Task PagesOfAnyLength_AreSavedInPortions()
    {
        _scene.Platform.Pages.AddRange([[.. Enumerable.Range(0, 2500).Select(static number => Login($"u{number}"))], []]);
        await _scene.Run();
        Assert.Equal(2500, _scene.Store.Rows("pg-prod").Count);
        Assert.Equal(2500, _scene.Progress().Facts!.Identities);
    }

    [Fact]
    public async Task AnAdapterWithoutFactsOfItsOwn_TellsItsLists()
    {
        var platform = new FakePlatform();
        var page = await ((IPlatform)platform).Inventory(null, default).SingleAsync();
        Assert.Null(page.Next);
        Assert.Empty(page.Facts);
    }

    [Fact]
    public async Task AVerifiedAddress_LinksToTheOneActivePersonWhoHasIt()
    {
        _scene.People.Change("ben", static ben => ben with { Email = "Shared@example.test" });
        _scene.People.Change("carol", static carol => carol with { Email = "shared@example.test" });
        _scene.People.Change("mallory", static mallory => mallory with { Active = false });
        _scene.Platform.Pages.Add(
        [
            Login("bob2", "BOB@example.test"), Login("alice_pg", "carol@example.test"), Login("both", "shared@example.test"), Login("left", "mallory@example.test"),
            new IdentityFact("claims", IdentityKind.Login) { Email = "erin@example.test" }, new IdentityFact("team", IdentityKind.Group) { Email = "erin@example.test", EmailVerified = true },
        ]);
        await _scene.Run();
        Assert.Equal(["linked system:ingester person/bob"], _scene.Events("access.identity."));
        Assert.Equal([new PlatformIdentity("pg-prod", "bob_pg"), new PlatformIdentity("pg-prod", "bob2")], _scene.People.Current.Find("bob")!.PlatformIdentities());
    }

    [Fact]
    public async Task AnAddressThatMovedOn_MovesTheLink_AndAnAdministratorsWordStays()
    {
        var dave = _scene.People.Caller("dave");
        _scene.Platform.Pages.Add([Login("x", "bob@example.test"), Login("y", "bob@example.test"), Login("z", "bob@example.test")]);
        await _scene.Run();
        Assert.Null(await _scene.Linking.Link(dave, IdentityIds.Of(new PlatformIdentity("pg-prod", "y")), "alice", default));
        Assert.Null(await _scene.Linking.Unlink(dave, IdentityIds.Of(new PlatformIdentity("pg-prod", "z")), default));
        _scene.Platform.Pages[0] = [Login("x", "carol@example.test"), Login("y", "bob@example.test"), Login("z", "bob@example.test")];
        _scene.Time.Advance(TimeSpan.FromHours(1));
        await _scene.Run();
        Assert.Equal(["carol"], Whose("x"));
        Assert.Equal(["alice"], Whose("y"));
        Assert.Empty(Whose("z"));

        // Whoever is called so next may be somebody else.
        _scene.Platform.Pages[0] = [Login("y"), Login("z")];
        _scene.Time.Advance(TimeSpan.FromHours(1));
        await _scene.Run();
        Assert.Empty(Whose("x"));
        Assert.Equal(["alice"], Whose("y"));

        IEnumerable<string> Whose(string name) => _scene.People.Current.LinkedTo(new PlatformIdentity("pg-prod", name)).Select(static person => person.Id);
    }
}
