using AccessFunctions.Application.Tests.Fakes;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Tests.Shared;

namespace AccessFunctions.Application.Tests;

/// <summary>What a change of an access group would have done to the requests that were made.</summary>
public sealed class PolicyTrialsTests
{
    private readonly FakeDirectory _directory = Given.Directory();
    private readonly FakeRequests _requests = new();
    private readonly PolicyTrials _trials;

    public PolicyTrialsTests() => _trials = new PolicyTrials(_requests, _directory, new FakeGroups(Given.Group), new ManualTimeProvider(Given.Now.AddDays(1)));

    [Fact]
    public async Task Try_CountsWhatIsDifferent_AndAsksForAMonth()
    {
        _requests.Put(Given.Request());
        _requests.Put(Given.Request("r-2") with { Ask = Given.Ask with { Resources = ["elsewhere/x"] } });
        var report = await _trials.Try("analysts", Given.Group with { MaxDuration = TimeSpan.FromHours(2) }, Cancellation);
        Assert.Equal((2, 1, false), (report.Looked, report.Different, report.Cut));
        var difference = Assert.Single(report.Given);
        Assert.Equal(("r-1", TimeSpan.FromHours(8), TimeSpan.FromHours(2)), (difference.Request.Id, difference.Difference.Before.Longest, difference.Difference.After.Longest));
        Assert.Equal(Given.Now.AddDays(-29), Assert.Single(_requests.Filters).CreatedFrom);
    }

    [Fact]
    public async Task Try_OfAGroupThatGoes_AndOfOneThatComes()
    {
        _requests.Put(Given.Request());
        Assert.Equal(RefusalReason.NoRule, Assert.Single((await _trials.Try("analysts", null, Cancellation)).Given).Difference.After.Refusal!.Reason);
        var stricter = Given.Group with { Id = "stricter", Priority = 1 };
        Assert.Equal([PolicyAspect.AccessGroup], Assert.Single((await _trials.Try("stricter", stricter, Cancellation)).Given).Difference.Aspects);
        Assert.Empty((await _trials.Try("nothing", null, Cancellation)).Given);
    }

    [Fact]
    public async Task Try_ReadsWhoIsWho_AsOfToday()
    {
        _requests.Put(Given.Request());
        _directory.Change("alice", person => person with { Groups = ["new"] });
        var moved = Given.Group with { Members = ["group:new"] };
        Assert.Empty((await _trials.Try("analysts", moved, Cancellation)).Given);
        _directory.Change("alice", person => person with { Groups = [] });
        Assert.Single((await _trials.Try("analysts", moved, Cancellation)).Given);
    }

    [Fact]
    public async Task Try_GivesFifty_AndCountsTheRest()
    {
        for (var i = 0; i < 60; i++) _requests.Put(Given.Request($"r-{i}"));
        var report = await _trials.Try("analysts", null, Cancellation);
        Assert.Equal((60, 60, 50), (report.Looked, report.Different, report.Given.Count));
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;
}
