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
    private readonly InMemoryChannelStore _store = new();
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
    public async Task AName_ThatACrashLeftBehind_IsFree()
    {
        // Taken, and the user never stored.
        Assert.True(await new ProvisionedRows(_store).Take("scim userName WALTER", "nobody", static (_, _) => Task.FromResult(false), Cancellation));
        Assert.Null((await Process().Provisioner.Add(Okta, User("walter"), Cancellation)).Fault);
    }

    [Fact]
    public async Task AChange_ThatACrashLeftUnmarked_IsReadOnceAnyProcessStarts()
    {
        var here = Process();
        var walter = (await here.Provisioner.Add(Okta, User("walter"), Cancellation)).Value!;
        Assert.True(await new ProvisionedRows(_store).Save(walter, walter with { DisplayName = "W", Version = 2 }, Cancellation));
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

    private static ProvisionedUser User(string name) => new() { Id = "", Source = "", Person = "", UserName = name, Created = default, Modified = default };

    private (Provisioner Provisioner, ProvisionedPeople People, IDirectory Directory) Process()
    {
        const string issuer = "https://login.example.com";
        IReadOnlyList<Person> file = [Given.Person("bob") with { Credentials = [new Credential(issuer, "bob-1")], Groups = ["leads"] }, Given.Person("ben") with { Groups = ["leads"] }, Given.Person("carol")];
        var people = new ProvisionedPeople(new SourceIssuers(new Dictionary<string, string> { [Sources.Scim] = issuer }));
        var directory = new MergedDirectory(file, people);
        var rows = new ProvisionedRows(_store);
        var events = new ProvisioningEvents(_audit, _clock);
        var state = new ProvisionedState(rows, people, directory, new Leavers(directory, _requests, _requests, _clock, NullLogger<Leavers>.Instance), events);
        return (new Provisioner(state, rows, people, directory, events, _clock), people, directory);
    }
}
