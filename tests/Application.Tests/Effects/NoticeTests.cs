using AccessFunctions.Application.Effects;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Tests.Fakes;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Tests.Shared;
using Microsoft.Extensions.Logging.Abstractions;

namespace AccessFunctions.Application.Tests.Effects;

public sealed class NoticeTests
{
    private readonly FakeRequests _requests = new();
    private readonly FakeDirectory _directory = Given.Directory();
    private readonly FakeChannel _mail = new();
    private readonly FakeChannel _chat = new("chat");
    private readonly ManualTimeProvider _time = new(Given.Now);

    private readonly FakeNoticeLog _log = new();

    public NoticeTests() => _requests.Put(Given.Request());

    [Fact]
    public async Task Notice_GoesThroughEveryChannel_UnderOneStableId()
    {
        Assert.Null(await Send(NoticeKind.ReviewAsked, "bob"));
        Assert.Null(await Send(NoticeKind.ReviewAsked, "bob"));
        Assert.Equal(("r-1-3-1", "bob"), Assert.Single(_mail.Sent).Key);
        Assert.Equal(("r-1-3-1", "bob"), Assert.Single(_chat.Sent).Key);
    }

    [Fact]
    public async Task WhatBecameOfIt_IsKept_ByChannelAndReader_WithoutWhatTheChannelSaid()
    {
        _chat.Failure = new InvalidOperationException("550 bob@example.test unknown");
        _directory.Change("bob", bob => bob with { Email = null });
        await Assert.ThrowsAsync<NoticeNotTakenException>(() => Send(NoticeKind.ReviewAsked, "bob"));
        Assert.Equal(
            [
                new NoticeOutcome(NoticeKind.ReviewAsked, "bob", "mail", NoticeResult.NotSent, Given.Now),
                new NoticeOutcome(NoticeKind.ReviewAsked, "bob", "chat", NoticeResult.Waiting, Given.Now, "it failed (InvalidOperationException)"),
            ],
            await _log.Of("r-1", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task SomebodyWhoLeft_IsKeptAsNotTold_AndABrokenRecordStopsNothing()
    {
        Assert.Null(await Send(NoticeKind.ReviewAsked, "nobody"));
        Assert.Equal((null, NoticeResult.NotSent), (await _log.Of("r-1", TestContext.Current.CancellationToken)) is [var only] ? (only.Channel, only.Result) : default);
        _log.Failure = new InvalidOperationException("full");
        Assert.Null(await Send(NoticeKind.ReviewAsked, "bob"));
        Assert.Single(_mail.Sent);
    }

    [Fact]
    public async Task Administrators_AreThoseOfTheMoment()
    {
        _directory.Change("erin", erin => erin with { Roles = [Application.Directory.Roles.Admin] });
        _ = await Send(NoticeKind.RevocationFailing, Audience.Administrators);
        Assert.Equal(["dave", "erin"], _mail.Sent.Keys.Select(key => key.Person).Order());
    }

    [Fact]
    public async Task PersonWhoLeft_IsNotTold_AndTheNoticeIsDone()
    {
        _directory.Change("bob", bob => bob with { Active = false });
        Assert.Null(await Send(NoticeKind.EmergencyDeclared, "bob"));
        Assert.Null(await Send(NoticeKind.EmergencyDeclared, "nobody"));
        Assert.Empty(_mail.Sent);
    }

    [Fact]
    public async Task EmergencyNotice_ThatReachedAnApprover_IsReported()
    {
        var delivered = Assert.IsType<NoticeDelivered>(await Send(NoticeKind.EmergencyDeclared, "bob"));
        Assert.Equal(("o-3-1", NoticeKind.EmergencyDeclared, "bob"), (delivered.Id, delivered.Kind, delivered.To));
    }

    [Theory]
    [InlineData("alice")]
    [InlineData(Audience.Administrators)]
    public async Task EmergencyNotice_ToAnyoneButAnApprover_IsNotReported(string to) => Assert.Null(await Send(NoticeKind.EmergencyDeclared, to));

    [Fact]
    public async Task EmergencyNotice_WithoutAnAddress_IsNotReportedAsDelivered()
    {
        _directory.Change("bob", bob => bob with { Email = null });
        Assert.Null(await Send(NoticeKind.EmergencyDeclared, "bob"));
    }

    [Fact]
    public async Task ChannelThatIsDown_DoesNotStopTheOthers_AndMakesTheHostTryAgain()
    {
        _mail.Failure = new IOException("down");
        _directory.Change("erin", erin => erin with { Roles = [Application.Directory.Roles.Admin] });
        var failure = await Assert.ThrowsAsync<NoticeNotTakenException>(() => Send(NoticeKind.RevocationFailing, Audience.Administrators));
        Assert.Equal(2, failure.InnerExceptions.Count);
        Assert.Equal(2, _chat.Sent.Count);

        _mail.Failure = null;
        _ = await Send(NoticeKind.RevocationFailing, Audience.Administrators);
        Assert.Equal((2, 2), (_mail.Sent.Count, _chat.Sent.Count));
    }

    [Fact]
    public async Task ChannelThatHangs_StopsNoOther_AndIsGivenUp()
    {
        _mail.Hangs = true;
        var sending = Send(NoticeKind.ReviewAsked, "bob");
        Assert.Single(_chat.Sent);
        Assert.False(sending.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(41));
        var failure = await Assert.ThrowsAsync<NoticeNotTakenException>(() => sending);
        Assert.Contains("mail did not take it within 40 seconds", Assert.IsType<TimeoutException>(Assert.Single(failure.InnerExceptions)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EmergencyNotice_ThatReachedAnApproverByOneChannel_IsReported_ThoughAnotherIsDown()
    {
        _mail.Failure = new IOException("down");
        var failure = await Assert.ThrowsAsync<NoticeNotTakenException>(() => Send(NoticeKind.EmergencyDeclared, "bob"));
        Assert.Equal(("o-3-1", "bob"), (failure.Outcome!.Id, Assert.IsType<NoticeDelivered>(failure.Outcome).To));

        _chat.Failure = _mail.Failure;
        Assert.Null((await Assert.ThrowsAsync<NoticeNotTakenException>(() => Send(NoticeKind.EmergencyDeclared, "bob"))).Outcome);
    }

    [Fact]
    public async Task Notice_OfARequestThatIsNotReadableYet_IsTriedAgain()
    {
        _requests.All.Clear();
        _ = await Assert.ThrowsAsync<InvalidOperationException>(() => Send(NoticeKind.ReviewAsked, "bob"));
    }

    private Task<Signal?> Send(NoticeKind kind, string to) =>
        new EffectRunner(new FakePlatforms(), new ProcessAttemptFence(), new FakeLedger(), _requests, _directory, [_mail, _chat], _time, NullLogger<EffectRunner>.Instance, _log)
            .Run("r-1", new Notify { Id = "3-1", Kind = kind, To = to, Revision = 1, At = Given.Now }, TestContext.Current.CancellationToken);
}
