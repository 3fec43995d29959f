using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Directory.Provisioning;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Tests.Fakes;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccessFunctions.Application.Tests.Provisioning;

/// <summary>Changes by sources in one process and in several on one store.</summary>
public sealed class ProvisionerTests
{
    private static readonly ProvisioningActor Okta = new(Sources.Scim, SystemActors.Scim, "192.0.2.1");
    private static readonly ProvisioningActor Graph = new(Sources.Graph, SystemActors.Graph, null);
    private readonly FailingStore _store = new(new InMemoryChannelStore());
    private readonly ManualTimeProvider _clock = new(Given.Now);
    private readonly FakeRequests _requests = new();
    private readonly FakeAudit _audit = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AChange_IsReadByAnotherProcess_AndWhatDidNotChangeIsNotReadAgain()
    {
        var (here, there) = (Process(), Process());
        var walter = (await here.Provisioner.Add(Okta, User("walter"), Cancellation)).Value!;
        Assert.Equal("walter", (await there.Provisioner.Refresh(Cancellation)).User(walter.Id)?.UserName);
        var known = there.People.Current;
        Assert.Same(known, await there.Provisioner.Refresh(Cancellation));

        await there.Provisioner.Change(Okta, walter.Id, null, static user => user with { DisplayName = "Walter" }, Cancellation);
        Assert.Equal("Walter", (await here.Provisioner.Refresh(Cancellation)).User(walter.Id)?.Name);
        Assert.Equal("Walter", here.Directory.Current.Find(walter.Id)?.Name);
    }

    [Fact]
    public async Task TwoProcesses_ThatKnowNothingOfEachOther_DoNotGiveANameTwice()
    {
        var (here, there) = (Process(), Process());
        await here.Provisioner.Refresh(Cancellation);
        await there.Provisioner.Refresh(Cancellation);
        var both = await Task.WhenAll(here.Provisioner.Add(Okta, User("walter"), Cancellation), there.Provisioner.Add(Okta, User("WALTER"), Cancellation));
        Assert.Single(both, static made => made.Fault == ProvisioningFault.Taken);
        Assert.Single((await Process().Provisioner.Refresh(Cancellation)).Users);
    }

    [Fact]
    public async Task AName_IsTakenWithItsUser_OrNotAtAll()
    {
        var here = Process();
        _store.Writing = Fails("directory-users");
        await Assert.ThrowsAsync<IOException>(() => here.Provisioner.Add(Okta, User("walter"), Cancellation));
        _store.Writing = null;
        var walter = (await Process().Provisioner.Add(Okta, User("walter"), Cancellation)).Value!;

        // Given back with a new one, and with the user.
        await here.Provisioner.Change(Okta, walter.Id, null, static user => user with { UserName = "w" }, Cancellation);
        var other = (await here.Provisioner.Add(Okta, User("walter"), Cancellation)).Value!;
        await here.Provisioner.Delete(Okta, other.Id, null, Cancellation);
        Assert.Null((await here.Provisioner.Add(Okta, User("walter"), Cancellation)).Fault);
    }

    [Theory]
    [InlineData("userName")]
    [InlineData("externalId")]
    [InlineData("rename")]
    [InlineData("group")]
    public async Task AName_ThatAnotherProcessTakes_BetweenTheLookAndTheWrite_IsNotGivenTwice(string what)
    {
        var (here, there) = (Process(), Process());
        var old = (await here.Provisioner.Add(Okta, User("old"), Cancellation)).Value!;
        var user = what == "externalId" ? User("jesse") with { ExternalId = "x-1" } : User("walter");
        var group = new ProvisionedGroup { Id = "", Source = "", DisplayName = "cooks", Created = default, Modified = default };
        Task? meanwhile = null;
        _store.Writing = set =>
        {
            if (set is not ("directory-users" or "directory-groups" or "directory-names")) return;
            _store.Writing = null;
            meanwhile = what == "group" ? Made(there.Provisioner.Add(Okta, group, Cancellation)) : Made(there.Provisioner.Add(Okta, user, Cancellation));
        };
        var fault = what switch
        {
            "rename" => (await here.Provisioner.Change(Okta, old.Id, null, static user => user with { UserName = "Walter" }, Cancellation)).Fault,
            "group" => (await here.Provisioner.Add(Okta, group, Cancellation)).Fault,
            "externalId" => (await here.Provisioner.Add(Okta, User("walter") with { ExternalId = "x-1" }, Cancellation)).Fault,
            _ => (await here.Provisioner.Add(Okta, User("WALTER"), Cancellation)).Fault,
        };
        await meanwhile!;
        Assert.Equal(ProvisioningFault.Taken, fault);
        var known = await Process().Provisioner.Refresh(Cancellation);
        Assert.Equal(what == "group" ? (1, 1) : (2, 0), (known.Users.Count(), known.Groups.Count()));

        static async Task Made<T>(Task<Provisioned<T>> adding) where T : class => Assert.Null((await adding).Fault);
    }

    [Fact]
    public async Task AUser_WhoWasStoredBeforeNamesWere_KeepsTheirName_AndMayLeave()
    {
        const string set = "directory-users";
        foreach (var id in (string[])["u-1", "u-2"]) Assert.True((await new ProvisionedRows(_store).Save(null, User(id) with { Id = id, Person = id, Source = Sources.Scim, UserName = id == "u-1" ? "walter" : "jesse" }, Cancellation)).IsDone);
        foreach (var row in await _store.All(set, Cancellation))
        {
            if (row.Key.StartsWith("name:", StringComparison.Ordinal)) await _store.Remove(set, row.Key, Cancellation);
        }

        var here = Process();
        Assert.Equal(ProvisioningFault.Taken, (await here.Provisioner.Add(Okta, User("WALTER"), Cancellation)).Fault);
        Assert.Equal(ProvisioningFault.Taken, (await here.Provisioner.Change(Okta, "u-2", null, static user => user with { UserName = "walter" }, Cancellation)).Fault);
        Assert.Null((await here.Provisioner.Change(Okta, "u-1", null, static user => user with { Active = false }, Cancellation)).Fault);
        Assert.Null((await here.Provisioner.Delete(Okta, "u-1", null, Cancellation)).Fault);
        Assert.Null((await here.Provisioner.Add(Okta, User("walter"), Cancellation)).Fault);
    }

    [Fact]
    public async Task AChange_ThatACrashLeftUnmarked_IsReadOnceAnyProcessStarts()
    {
        var here = Process();
        var walter = (await here.Provisioner.Add(Okta, User("walter"), Cancellation)).Value!;
        Assert.True((await new ProvisionedRows(_store).Save(walter, walter with { DisplayName = "W", Version = 2 }, Cancellation)).IsDone);
        Assert.Null((await here.Provisioner.Refresh(Cancellation)).User(walter.Id)!.DisplayName);
        await Process().Provisioner.Refresh(Cancellation);
        Assert.Equal("W", (await here.Provisioner.Refresh(Cancellation)).User(walter.Id)!.DisplayName);
    }

    [Fact]
    public async Task APersonWhoLeaves_IsToldToTheirRequestsAtOnce_ByTheSignal()
    {
        var here = Process();
        var walter = (await here.Provisioner.Add(Okta, User("walter"), Cancellation)).Value!;
        _ = _requests.Put(Given.Request("mine", Phase.Active, GrantState.Granted, walter.Id));
        _ = _requests.Put(Given.Request("others", Phase.Active, GrantState.Granted, "ben"));
        await here.Provisioner.Change(Okta, walter.Id, null, static user => user with { Active = false }, Cancellation);
        var (id, signal) = Assert.Single(_requests.Signals);
        Assert.Equal(("mine", false), (id, Assert.IsType<DirectoryChanged>(signal).RequesterActive));
        Assert.Equal([EventTypes.Host.PersonAdded, EventTypes.Host.PersonLeft], _audit.Events.Select(static happened => happened.Type));
    }

    [Fact]
    public async Task APersonOfTheFile_WhoIsLinkedByTheirCredential_LeavesWithTheirUser()
    {
        var here = Process();
        var bob = (await here.Provisioner.Add(Okta, User("robert") with { ExternalId = "bob-1" }, Cancellation)).Value!;
        Assert.True(here.Directory.Current.Find("bob") is { Active: true });
        await here.Provisioner.Delete(Okta, bob.Id, null, Cancellation);
        Assert.False(here.Directory.Current.Find("bob")!.Active);
        Assert.Equal("person/bob", _audit.Events.Single(static happened => happened.Type == EventTypes.Host.PersonLeft).Resource);
        Assert.Equal(3, _audit.Events.Count);
    }

    [Fact]
    public async Task TellingThatFails_LeavesTheChange_ForTheSweepToTell()
    {
        var here = Process();
        var walter = (await here.Provisioner.Add(Okta, User("walter"), Cancellation)).Value!;
        _ = _requests.Put(Given.Request("mine", Phase.Active, GrantState.Granted, walter.Id));
        _requests.Answer = static _ => throw new IOException("down");
        Assert.Null((await here.Provisioner.Delete(Okta, walter.Id, null, Cancellation)).Fault);
        Assert.False(here.Directory.Current.Find(walter.Id)!.Active);
    }

    [Fact]
    public async Task AGroup_ThatDoesNotFitIntoARow_IsRefused()
    {
        var here = Process();
        var draft = new ProvisionedGroup { Id = "", Source = "", DisplayName = new string('x', ProvisionedRows.LongestRow), Created = default, Modified = default };
        Assert.Equal(ProvisioningFault.TooLarge, (await here.Provisioner.Add(Okta, draft, Cancellation)).Fault);
    }

    [Fact]
    public void Tokens_AreComparedWhole_AndNotTold()
    {
        var tokens = new ScimTokens(["first-0123456789", "second-0123456789"]);
        Assert.True(tokens.IsOne("second-0123456789"));
        Assert.All((string[])["", "second", "second-01234567890", "SECOND-0123456789"], wrong => Assert.False(tokens.IsOne(wrong)));
        Assert.Equal("ScimTokens(2)", tokens.ToString());
    }

    [Theory]
    [InlineData("directory-state", false)] // stored, and the others are not told
    [InlineData("directory-users", true)] // stored, and the answer was lost
    public async Task ALeaver_WhoIsStored_AndThenItFails_IsGoneWithTheNextLookOfAnyProcess(string set, bool stored)
    {
        var (here, there) = (Process(), Process());
        var walter = (await here.Provisioner.Add(Okta, User("walter"), Cancellation)).Value!;
        await there.Provisioner.Refresh(Cancellation);
        _ = _requests.Put(Given.Request("mine", Phase.Active, GrantState.Granted, walter.Id));
        if (stored) _store.Written = Fails(set);
        else _store.Writing = Fails(set);
        await Assert.ThrowsAsync<IOException>(() => here.Provisioner.Change(Okta, walter.Id, null, static user => user with { Active = false }, Cancellation));
        Assert.True(here.Directory.Current.Find(walter.Id)!.Active);

        (_store.Writing, _store.Written) = (null, null);
        await here.Provisioner.Refresh(Cancellation);
        Assert.False(here.Directory.Current.Find(walter.Id)!.Active);
        Assert.Equal("mine", Assert.Single(_requests.Signals).RequestId);
        Assert.Single(_audit.Events, static happened => happened.Type == EventTypes.Host.PersonLeft);
        await there.Provisioner.Refresh(Cancellation);
        Assert.False(there.Directory.Current.Find(walter.Id)!.Active);

        // The provider repeats itself.
        Assert.Null((await here.Provisioner.Change(Okta, walter.Id, null, static user => user with { Active = false }, Cancellation)).Fault);
    }

    [Fact]
    public async Task TheFirstChangeOfAll_ThatIsStored_AndThenFails_IsReadByTheOthersToo()
    {
        var (here, there) = (Process(), Process());
        await there.Provisioner.Refresh(Cancellation);
        _store.Writing = Fails("directory-state");
        await Assert.ThrowsAsync<IOException>(() => here.Provisioner.Add(Okta, User("walter"), Cancellation));
        _store.Writing = null;
        await here.Provisioner.Refresh(Cancellation);
        Assert.Single((await there.Provisioner.Refresh(Cancellation)).Users);
    }

    [Fact]
    public async Task ACallerWhoHangsUp_OnceItIsStored_StopsNothing()
    {
        var here = Process();
        var walter = (await here.Provisioner.Add(Okta, User("walter"), Cancellation)).Value!;
        using var call = new CancellationTokenSource();
        _store.Written = set =>
        {
            if (set == "directory-users") call.Cancel();
        };
        Assert.Null((await here.Provisioner.Change(Okta, walter.Id, null, static user => user with { UserName = "w", Active = false }, call.Token)).Fault);
        Assert.False(here.Directory.Current.Find(walter.Id)!.Active);
    }

    [Fact]
    public async Task AReading_ThatFailsHalfway_IsInForceAsFarAsItCame_AndTheNextOneGoesOn()
    {
        var here = Process();
        await here.Import.Apply(Graph, Everything("gale", "hank"), Cancellation);
        var writes = 0;
        _store.Writing = set =>
        {
            if (set == "directory-users" && ++writes > 1) throw new IOException("down");
        };
        await Assert.ThrowsAsync<IOException>(() => here.Import.Apply(Graph, Everything("saul", "gale"), Cancellation));
        Assert.False(here.Directory.Current.Find("hank")!.Active);
        Assert.Contains(_audit.Events, static happened => happened is { Type: EventTypes.Host.PersonLeft, Resource: "person/hank" });
        _store.Writing = null;
        Assert.Equal(1, (await here.Import.Apply(Graph, Everything("saul", "gale"), Cancellation)).Changes);
        Assert.True(here.Directory.Current.Find("saul") is { Active: true });
    }

    [Fact]
    public async Task AReading_WhoseAnswerIsLost_DoesNotStandInItsOwnWay()
    {
        var here = Process();
        _store.Written = Fails("directory-users");
        await Assert.ThrowsAsync<IOException>(() => here.Import.Apply(Graph, Everything("gale"), Cancellation));
        _store.Written = null;
        Assert.Equal(0, (await here.Import.Apply(Graph, Everything("gale"), Cancellation)).Changes);
        Assert.True(here.Directory.Current.Find("gale") is { Active: true });
    }

    [Fact]
    public async Task AReading_WithAGroupThatDoesNotFit_PassesOverIt_AndWhoLeftHasLeft()
    {
        var here = Process();
        await here.Import.Apply(Graph, Everything("gale", "hank"), Cancellation);
        ProvisionedGroup group = new() { Id = "g-1", Source = Sources.Graph, DisplayName = new string('x', ProvisionedRows.LongestRow), Created = default, Modified = default };
        var done = await here.Import.Apply(Graph, Everything("gale") with { Groups = [group, group with { Id = "g-2", DisplayName = "cooks" }] }, Cancellation);
        Assert.Equal((2, "g-1"), (done.Changes, Assert.Single(done.Skipped)));
        Assert.False(here.Directory.Current.Find("hank")!.Active);
        Assert.Equal("g-2", Assert.Single(here.People.Current.Groups).Id);
    }

    [Theory]
    [InlineData(3, 0, null, "empty")]
    [InlineData(3, 0, 1000, "empty")] // no setting makes nobody of everybody
    [InlineData(3, 1, null, null)] // few
    [InlineData(40, 29, null, "too-many-leavers")]
    [InlineData(40, 29, 11, null)] // an administrator says that they did leave
    [InlineData(60, 48, null, null)] // a fifth
    public async Task AReadingOfEverything_ThatMissesMany_IsNotTakenOver(int before, int after, int? most, string? refused)
    {
        var here = Process();
        string[] all = [.. Enumerable.Range(0, before).Select(static number => $"p-{number}")];
        await here.Import.Apply(Graph, Everything(all), Cancellation);
        var found = Everything([.. all.Take(after)]) with { MostLeavers = most };
        if (refused is null) await here.Import.Apply(Graph, found, Cancellation);
        else for (var i = 0; i < 2; i++) await Assert.ThrowsAsync<InvalidOperationException>(() => here.Import.Apply(Graph, found, Cancellation));
        Assert.Equal(refused is null ? after : before, here.People.Current.Users.Count(static user => user.Active));
        Assert.Equal(refused, _audit.Events.SingleOrDefault(static happened => happened.Type == EventTypes.Host.ReadingRefused)?.Reason);
    }

    [Fact]
    public async Task AReadingOfEverything_ThatDisablesMany_IsNotTakenOverEither()
    {
        var here = Process();
        string[] all = [.. Enumerable.Range(0, 20).Select(static number => $"p-{number}")];
        await here.Import.Apply(Graph, Everything(all), Cancellation);
        var disabled = Everything(all);
        disabled = disabled with { Users = [.. disabled.Users.Select(static user => user with { Active = false })] };
        await Assert.ThrowsAsync<InvalidOperationException>(() => here.Import.Apply(Graph, disabled, Cancellation));
        Assert.All(here.People.Current.Users, static user => Assert.True(user.Active));
        Assert.Equal(20, (await here.Import.Apply(Graph, disabled with { Whole = false }, Cancellation)).Changes);
    }

    [Fact]
    public async Task AHolderOfAProductRole_WithoutAnAddress_GetsNoneFromAnotherSource()
    {
        var here = Process();
        await here.Import.Apply(Graph, Everything("gale"), Cancellation);
        await here.Directory.SetRoles("gale", [Roles.Reviewer], Cancellation);
        var user = User("g") with { ExternalId = "gale" };
        Assert.Equal(ProvisioningFault.HoldsRole, (await here.Provisioner.Add(Okta, user with { Emails = [new("mallory@example.test")] }, Cancellation)).Fault);
        var added = (await here.Provisioner.Add(Okta, user, Cancellation)).Value!;
        Assert.Equal(ProvisioningFault.HoldsRole, (await here.Provisioner.Change(Okta, added.Id, null, static user => user with { Emails = [new("mallory@example.test")] }, Cancellation)).Fault);
        var other = (await here.Provisioner.Add(Okta, User("h") with { Emails = [new("mallory@example.test")] }, Cancellation)).Value!;
        await here.Provisioner.Delete(Okta, added.Id, null, Cancellation);
        Assert.Equal(ProvisioningFault.HoldsRole, (await here.Provisioner.Change(Okta, other.Id, null, static user => user with { ExternalId = "gale" }, Cancellation)).Fault);
        Assert.Null(here.Directory.Current.Find("gale")!.Email);
    }

    [Fact]
    public async Task AHolderOfAProductRole_WhoIsOfTheFile_MayHaveAnotherAddressInTheSource()
    {
        var here = Process();
        var bob = (await here.Provisioner.Add(Okta, User("robert") with { ExternalId = "bob-1" }, Cancellation)).Value!;
        await here.Directory.SetRoles("bob", [Roles.Reviewer], Cancellation);
        var known = here.Directory.Current.Find("bob")!.Email;
        Assert.Null((await here.Provisioner.Change(Okta, bob.Id, null, static user => user with { Emails = [new("r@example.test")] }, Cancellation)).Fault);
        Assert.Equal(known, here.Directory.Current.Find("bob")!.Email);
    }

    [Fact]
    public async Task AUser_WhoIsSomebodyOfAnotherSourceToo_DoesNotGiveThemASecondCredential()
    {
        var here = Process();
        await here.Import.Apply(Graph, Everything("gale"), Cancellation);
        var joined = (await here.Provisioner.Add(Okta, User("g") with { ExternalId = "gale" }, Cancellation)).Value!;
        Assert.Equal("gale", joined.Person);
        Assert.Equal(ProvisioningFault.SamePerson, (await here.Provisioner.Change(Okta, joined.Id, null, static user => user with { ExternalId = "mallory" }, Cancellation)).Fault);
        Assert.Equal("gale", Assert.Single(here.Directory.Current.Find("gale")!.Credentials).Subject);

        var alone = (await here.Provisioner.Add(Okta, User("h") with { ExternalId = "h-1" }, Cancellation)).Value!;
        Assert.Null((await here.Provisioner.Change(Okta, alone.Id, null, static user => user with { ExternalId = "h-2" }, Cancellation)).Fault);
    }

    [Fact]
    public async Task AChange_OfNoVersion_IsMadeOverWhatAnotherProcessStored_AndOneOfAVersionIsNot()
    {
        var here = Process();
        var walter = (await here.Provisioner.Add(Okta, User("walter"), Cancellation)).Value!;
        Assert.True((await new ProvisionedRows(_store).Save(walter, walter with { DisplayName = "W", Version = 2 }, Cancellation)).IsDone);
        Assert.Equal(ProvisioningFault.Changed, (await here.Provisioner.Change(Okta, walter.Id, 1, static user => user with { Active = false }, Cancellation)).Fault);
        var changed = (await here.Provisioner.Change(Okta, walter.Id, null, static user => user with { Active = false }, Cancellation)).Value!;
        Assert.Equal(("W", false, 3), (changed.DisplayName, changed.Active, changed.Version));

        Assert.True((await new ProvisionedRows(_store).Save(changed, changed with { DisplayName = "H", Version = 4 }, Cancellation)).IsDone);
        Assert.Equal("H", (await here.Provisioner.Delete(Okta, walter.Id, null, Cancellation)).Value!.DisplayName);

        var group = (await here.Provisioner.Add(Okta, new ProvisionedGroup { Id = "", Source = "", DisplayName = "cooks", Created = default, Modified = default }, Cancellation)).Value!;
        Assert.True((await new ProvisionedRows(_store).Save(group, group with { ExternalId = "c", Version = 2 }, Cancellation)).IsDone);
        Assert.Equal("c", (await here.Provisioner.ChangeGroup(Okta, group.Id, null, static group => group with { DisplayName = "lab" }, Cancellation)).Value!.ExternalId);
    }

    [Fact]
    public async Task AChange_WhereOthersAreFasterAgainAndAgain_IsToBeRepeated()
    {
        var here = Process();
        var walter = (await here.Provisioner.Add(Okta, User("walter"), Cancellation)).Value!;
        _store.Taken = "directory-users";
        Assert.Equal(ProvisioningFault.Busy, (await here.Provisioner.Change(Okta, walter.Id, null, static user => user with { Active = false }, Cancellation)).Fault);
        Assert.Equal(ProvisioningFault.Changed, (await here.Provisioner.Change(Okta, walter.Id, 1, static user => user with { Active = false }, Cancellation)).Fault);
        _store.Taken = null;
        Assert.Null((await here.Provisioner.Change(Okta, walter.Id, null, static user => user with { Active = false }, Cancellation)).Fault);
    }

    [Theory]
    [InlineData("deactivated")]
    [InlineData("deleted in Graph")]
    [InlineData("roles could not be ended")]
    [InlineData("the sweep ends them")]
    public async Task AHolderOfAProductRole_WhoLeaves_AndIsBack_HasNoneThatWasSetAtRunTime(string how)
    {
        var here = Process();
        await here.Import.Apply(Graph, Everything("gale", "hank"), Cancellation);
        await here.Directory.SetRoles("gale", [Roles.Reviewer, Roles.Admin], Cancellation);
        var left = how == "deleted in Graph" ? Everything("hank") : Everything("gale", "hank") with { Users = [User("gale") with { Id = "gale", ExternalId = "gale", Active = false }, User("hank") with { Id = "hank", ExternalId = "hank" }] };
        here.Directory.RolesFail = how is "roles could not be ended" or "the sweep ends them";
        if (here.Directory.RolesFail) await Assert.ThrowsAsync<IOException>(() => here.Import.Apply(Graph, left, Cancellation));
        else await here.Import.Apply(Graph, left, Cancellation);
        here.Directory.RolesFail = false;
        if (how == "the sweep ends them")
        {
            var watch = new DirectoryWatch(here.Directory, new FakeGroups(), _requests, _requests, new FakeMark(), new LeaverRoles(here.Directory, _audit, _clock), _clock, NullLogger<DirectoryWatch>.Instance);
            Assert.True(await watch.Sweep(Cancellation));
            Assert.True(await watch.Sweep(Cancellation));
        }

        // Known by them still, so that who says that they left does not choose who decides instead of them.
        Assert.Equal(2, here.Directory.Current.Find("gale")!.Roles.Count);
        Assert.Equal(["dave"], here.Directory.Current.WithRole(Roles.Admin));
        await here.Import.Apply(Graph, Everything("gale", "hank"), Cancellation);
        Assert.True(here.Directory.Current.Find("gale") is { Active: true, Roles: [] });
        var told = Assert.Single(_audit.Events, static happened => happened.Type == EventTypes.Host.RolesChanged);
        Assert.Equal(("person/gale", "left", "Admin,Reviewer", ""), (told.Resource, told.Reason, told.Detail!.More["ended"], told.Detail.More["roles"]));

        await here.Directory.SetRoles("gale", [Roles.Auditor], Cancellation);
        Assert.Equal([Roles.Auditor], here.Directory.Current.Find("gale")!.Roles);
    }

    [Theory]
    [InlineData(null, "Admin,Auditor")] // what the file says
    [InlineData("Admin,Reviewer", "Admin")] // not what was added
    [InlineData("Auditor", "Auditor")] // nor what was taken away
    [InlineData("", "")]
    public async Task APersonOfTheFile_WhoIsBack_HasWhatTheFileSays_ButForWhatWasTakenAway(string? set, string then)
    {
        var here = Process();
        var dave = (await here.Provisioner.Add(Okta, User("dave") with { ExternalId = "dave-1" }, Cancellation)).Value!;
        if (set is not null) await here.Directory.SetRoles("dave", set.Split(',', StringSplitOptions.RemoveEmptyEntries), Cancellation);
        await here.Provisioner.Change(Okta, dave.Id, null, static user => user with { Active = false }, Cancellation);
        Assert.Equal(set == "Admin,Reviewer" ? 1 : 0, _audit.Events.Count(static happened => happened.Type == EventTypes.Host.RolesChanged));
        await here.Provisioner.Change(Okta, dave.Id, null, static user => user with { Active = true }, Cancellation);
        Assert.Equal(then, string.Join(',', here.Directory.Current.Find("dave")!.Roles));
    }

    private static Action<string> Fails(string set) => written =>
    {
        if (written == set) throw new IOException("down");
    };

    private static ImportedChanges Everything(params string[] users) =>
        new([.. users.Select(static id => User(id) with { Id = id, ExternalId = id })], [], [], [], Whole: true);

    private static ProvisionedUser User(string name) => new() { Id = "", Source = "", Person = "", UserName = name, Created = default, Modified = default };

    private (Provisioner Provisioner, ProvisionedPeople People, MergedDirectory Directory, DirectoryImport Import) Process()
    {
        const string issuer = "https://login.example.com";
        IReadOnlyList<Person> file = [Given.Person("bob") with { Credentials = [new Credential(issuer, "bob-1")], Groups = ["leads"] }, Given.Person("ben") with { Groups = ["leads"] }, Given.Person("carol"), Given.Person("dave") with { Credentials = [new Credential(issuer, "dave-1")], Roles = [Roles.Admin, Roles.Auditor] }];
        var people = new ProvisionedPeople(new SourceIssuers(new Dictionary<string, string> { [Sources.Scim] = issuer, [Sources.Graph] = issuer }));
        var directory = new MergedDirectory(file, people);
        var rows = new ProvisionedRows(_store);
        var events = new ProvisioningEvents(_audit, _clock);
        var state = new ProvisionedState(rows, people, directory, new Leavers(directory, _requests, _requests, _clock, NullLogger<Leavers>.Instance), new LeaverRoles(directory, _audit, _clock), events);
        return (new Provisioner(state, rows, people, directory, events, _clock), people, directory, new DirectoryImport(state, rows, people, events, _clock));
    }
}
