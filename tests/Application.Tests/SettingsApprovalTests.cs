using AccessFunctions.Application.Channels;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Settings;
using AccessFunctions.Application.Tests.Fakes;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Tests.Shared;

namespace AccessFunctions.Application.Tests;

public sealed class SettingsApprovalTests
{
    private static readonly SettingsChange Change = new() { Base = "1", Before = "{ a }", After = "{ b }" };
    private readonly FakeDirectory _directory = Given.Directory();
    private readonly FakeRequests _requests = new();
    private readonly FakeAudit _audit = new();

    [Fact]
    public async Task DirectEdit_OfWhatNeedsApproval_IsRefused_AndSaysWhereToAsk()
    {
        var groups = new FakeGroups(Given.Group with { Members = ["alice"] }, Control());
        var administration = Administration(groups);
        var saved = await administration.SaveGroup(_directory.Caller("dave"), Given.Group with { Name = "x" }, "1", Cancellation);
        Assert.Equal(RefusalReason.ApprovalRequired, saved.Refusal!.Reason);
        Assert.Contains("/request?resource=settings%2Faccess-groups%2Fanalysts&kind=Settings", saved.Refusal.Detail);
        Assert.Equal(RefusalReason.ApprovalRequired, (await administration.DeleteGroup(_directory.Caller("dave"), "analysts", "1", Cancellation)).Refusal!.Reason);
        Assert.Equal(RefusalReason.ApprovalRequired, (await administration.SaveGroup(_directory.Caller("dave"), Control() with { Members = ["everyone"] }, "1", Cancellation)).Refusal!.Reason);
        Assert.Equal("1", groups.Find("analysts")!.Version);
        Assert.Empty(_audit.Events);
    }

    [Fact]
    public async Task DirectChange_OfAPersonWhoNeedsApproval_IsRefused_ButOnesOwnStandInIsOnesOwn()
    {
        var groups = new FakeGroups(Control() with { Resources = ["settings/people/*"] });
        var administration = Administration(groups);
        Assert.Equal(RefusalReason.ApprovalRequired, (await administration.SetRoles(_directory.Caller("dave"), "bob", ["Auditor"], Cancellation))!.Reason);
        var away = new Delegation("bob", "carol", Given.Now, Given.Now.AddDays(1));
        Assert.Equal(RefusalReason.ApprovalRequired, (await administration.SetDelegate(_directory.Caller("dave"), "bob", away, Cancellation))!.Reason);
        Assert.Null(await administration.SetDelegate(_directory.Caller("bob"), "bob", away, Cancellation));
        Assert.Empty(_directory.Current.Find("bob")!.Roles);

        var slack = new SlackLinking(_directory, new InMemoryChannelStore(), _audit, null!, [], new ManualTimeProvider(Given.Now), groups, new FakePlatforms(new FakeSettings()));
        Assert.Equal(RefusalReason.ApprovalRequired, (await slack.Link(_directory.Caller("dave"), "bob", "U0BOB", Cancellation))!.Reason);
        Assert.Equal(RefusalReason.ApprovalRequired, (await slack.Unlink(_directory.Caller("dave"), "bob", Cancellation))!.Reason);
        Assert.Null(await slack.Unlink(_directory.Caller("bob"), "bob", Cancellation));
    }

    [Fact]
    public async Task WhoBecomesSomethingByAChange_DoesNotDecideOnIt()
    {
        Assert.Null((await Submit("settings/access-groups/bob")).Refusal);
        var facts = _requests.Last<Submit>().Facts;
        Assert.Equal([["ben"], ["carol"]], facts.Approvers);
    }

    [Fact]
    public async Task DirectEdit_ByNoAdministrator_IsRefusedAsEver() =>
        Assert.Equal(RefusalReason.NotPermitted, (await Administration(new FakeGroups(Control())).SaveGroup(_directory.Caller("alice"), Given.Group, null, Cancellation)).Refusal!.Reason);

    public static TheoryData<string> Free => ["another document", "another mode", "another kind", "no platform"];

    [Theory]
    [MemberData(nameof(Free))]
    public async Task DirectEdit_OfWhatNeedsNone_IsSaved(string why)
    {
        var control = why switch
        {
            "another document" => Control() with { Resources = ["settings/access-groups/others"] },
            "another mode" => Control() with { Rules = new Dictionary<AccessKind, AccessRule> { [AccessKind.Settings] = new(Mode.Justify) } },
            "another kind" => Control() with { Rules = new Dictionary<AccessKind, AccessRule> { [AccessKind.Other] = new(Mode.Approve) } },
            _ => Control(),
        };
        var groups = new FakeGroups(Given.Group with { Members = ["alice"] }, control);
        var administration = why == "no platform" ? new Administration(_directory, groups, _audit, new ManualTimeProvider(Given.Now), new FakePlatforms(new FakePlatform())) : Administration(groups);
        Assert.NotNull((await administration.SaveGroup(_directory.Caller("dave"), Given.Group with { Members = ["alice"], Name = "x" }, "1", Cancellation)).Stored);
    }

    [Fact]
    public async Task Submit_CarriesTheChangeAsItWasRead()
    {
        Assert.Null((await Submit("settings/access-groups/analysts")).Refusal);
        Assert.Equal(Change, _requests.Last<Submit>().Facts.Change);
    }

    [Fact]
    public async Task Submit_OfAnUnsoundChange_IsRefusedByField()
    {
        var answer = await Submit("settings/access-groups/broken");
        Assert.Equal((RefusalReason.InvalidAsk, "parameters.change"), (answer.Refusal!.Reason, Assert.Single(answer.Refusal.Errors).Key));
        Assert.Empty(_requests.Signals);
    }

    [Fact]
    public async Task Submit_OfTwoDocuments_IsRefused() =>
        Assert.Equal("resources", Assert.Single((await Submit("settings/access-groups/analysts", "settings/access-groups/others")).Refusal!.Errors).Key);

    [Fact]
    public async Task WhoMayNotAsk_LearnsNothingOfTheDocument()
    {
        var preview = await Service(Control() with { Members = ["bob"] }).Preview(_directory.Caller("alice"), Ask("settings/access-groups/analysts"), Cancellation);
        Assert.Equal((RefusalReason.NoRule, null), (preview.Refusal!.Reason, preview.Change));
        Assert.Equal(Change, (await Service(Control()).Preview(_directory.Caller("alice"), Ask("settings/access-groups/analysts"), Cancellation)).Change);
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static AccessGroup Control() => Given.Group with
    {
        Id = "change-control",
        Members = ["alice", "dave"],
        Resources = ["settings/access-groups/*"],
        Rules = new Dictionary<AccessKind, AccessRule> { [AccessKind.Settings] = new(Mode.Approve) },
        Roles = [],
        DefaultRole = null,
    };

    private static Ask Ask(params string[] resources) => new() { Resources = resources, Kind = AccessKind.Settings, Justification = "more approvers" };

    private Administration Administration(FakeGroups groups) => new(_directory, groups, _audit, new ManualTimeProvider(Given.Now), new FakePlatforms(new FakeSettings()));

    private RequestService Service(AccessGroup control) =>
        new(_requests, _requests, _directory, new FakeGroups(control), new FakePlatforms(new FakeSettings()), new ManualTimeProvider(Given.Now));

    private Task<SignalAnswer> Submit(params string[] resources) => Service(Control()).Submit(_directory.Caller("alice"), Ask(resources), "k", Cancellation);

    /// <summary>Finds every change sound but one of the document <c>broken</c>.</summary>
    private sealed class FakeSettings : ISettingsPlatform
    {
        public string Name => "settings";
        public string Type => "settings";
        public IReadOnlyList<AccessKind> Kinds => [AccessKind.Settings];

        public string? Concerns(string path) => path.EndsWith("/bob", StringComparison.Ordinal) ? "bob" : null;

        public Task<SettingsDocument?> Find(string path, CancellationToken cancellation) => Task.FromResult<SettingsDocument?>(new SettingsDocument("1", "{ a }"));

        public Task<SettingsChange?> Read(string path, IReadOnlyDictionary<string, string> parameters, FieldErrors errors, CancellationToken cancellation)
        {
            if (!path.EndsWith("/broken", StringComparison.Ordinal)) return Task.FromResult<SettingsChange?>(Change);
            errors.Add("parameters.change", "it is broken");
            return Task.FromResult<SettingsChange?>(null);
        }

        public SharedPrivilege? Shared(PlatformOrder order) => null;
        public Task<IReadOnlyList<PlatformResource>> Resources(CancellationToken cancellation) => throw new NotSupportedException();
        public Task<IReadOnlyList<PlatformIdentity>> Identities(CancellationToken cancellation) => throw new NotSupportedException();
        public Task<GrantResult> Grant(PlatformOrder order, CancellationToken cancellation) => throw new NotSupportedException();
        public Task Extend(PlatformOrder order, CancellationToken cancellation) => throw new NotSupportedException();
        public Task Revoke(PlatformOrder order, CancellationToken cancellation) => throw new NotSupportedException();
        public Task<ReadBackResult> ReadBack(PlatformOrder order, CancellationToken cancellation) => throw new NotSupportedException();
        public Task Disconnect(PlatformOrder order, CancellationToken cancellation) => throw new NotSupportedException();
        public Task Rotate(PlatformOrder order, CancellationToken cancellation) => throw new NotSupportedException();
        public Task<ReleasedSecret?> Secret(PlatformOrder order, CancellationToken cancellation) => throw new NotSupportedException();
    }
}
