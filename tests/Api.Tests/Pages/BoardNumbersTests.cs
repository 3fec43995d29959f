using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Pages.Board;
using AccessFunctions.Api.Tests.Support;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Tests.Pages;

/// <summary>What is counted and how it is drawn.</summary>
public sealed class BoardNumbersTests : IDisposable
{
    private readonly TestApi _api = new();

    public void Dispose() => _api.Dispose();

    [Fact]
    public async Task TimeToDecision_IsThatOfTheDecidingReview_AndLeavesOutWhatNobodyDecided()
    {
        var open = await Request();
        var numbers = Of(
            open,
            open with { Phase = Phase.Denied, Reviews = [Reviewed(Verdict.Deny, 20)] },
            open with { Phase = Phase.Active, Reviews = [Reviewed(Verdict.Approve, 2), Reviewed(Verdict.Approve, 90)] },
            open with { Phase = Phase.Closed, Outcome = Outcome.Lapsed, Reviews = [Reviewed(Verdict.Approve, 2)] });
        Assert.Equal(["under 5 min 0", "5 to 15 min 0", "15 to 60 min 1", "1 to 4 hours 1", "4 to 24 hours 0", "1 day or more 0"], Bars(numbers, "time-to-decision"));
        Assert.Equal(TimeSpan.FromMinutes(90), numbers.TimeToDecision);
        Assert.Equal((1, 1, 1, 1), (numbers.ByStatus[Status.Open], numbers.ByStatus[Status.Active], numbers.ByStatus[Status.Closed], numbers.ByStatus[Status.Denied]));

        Review Reviewed(Verdict verdict, int minutes) => new()
        {
            By = "bob",
            Seat = "bob",
            Verdict = verdict,
            Level = 1,
            Revision = 1,
            Channel = Channel.SignedIn,
            At = open.CreatedAt.AddMinutes(minutes),
            Counted = true,
        };
    }

    [Fact]
    public async Task ActiveAccess_IsWhatIsThere_ByPlatform()
    {
        var request = await Request();
        var numbers = Of(
            Holding(Phase.Active, "pg/a", GrantState.Granted), Holding(Phase.Active, "pg/b", GrantState.AlreadyHeld), Holding(Phase.Revoking, "vault/x", GrantState.Removed),
            Holding(Phase.Active, "vault/y", GrantState.Pending), Holding(Phase.Closed, "vault/z", GrantState.Gone));
        Assert.Equal(["pg 2", "vault 1"], Bars(numbers, "active-by-platform"));

        AccessRequest Holding(Phase phase, string resource, GrantState state) =>
            request with { Phase = phase, Grants = [new Grant { Id = resource, Resource = resource, State = state }] };
    }

    [Fact]
    public async Task Days_AreAWeekAtLeast_AndAMonthAtMost_InTheReadersZone()
    {
        var request = await Request();
        var late = request with { CreatedAt = new DateTimeOffset(2026, 11, 21, 22, 30, 0, TimeSpan.Zero) };
        var week = Bars(Of(late), "requests-per-day");
        Assert.Equal((7, "2026-11-15 0", "2026-11-21 1"), (week.Count, week[0], week[^1]));
        Assert.Equal("2026-11-22 1", Bars(Of(TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo"), late), "requests-per-day")[^1]);
        var month = Bars(Of(late, late with { CreatedAt = late.CreatedAt.AddDays(-300) }), "requests-per-day");
        Assert.Equal((30, "2026-11-21 1"), (month.Count, month[^1]));
    }

    [Fact]
    public void Drawing_StaysInItsFrame_AndShowsTheSmallest()
    {
        foreach (var upright in new[] { true, false })
        {
            var chart = new Chart("c", "Numbers", "Name", [new("a name that is much too long for it", 1), new("none", 0), new("most", 5000)], upright);
            var bars = chart.Draw();
            Assert.All(bars, bar => Assert.True(bar.X >= 0 && bar.Y >= 0 && bar.X + bar.Width <= Chart.Width && bar.Y + bar.Height <= chart.Height, bar.ToString()));
            Assert.All(bars, bar => Assert.True(bar.Number is null || bar.Number.Y > 0));
            Assert.True((upright ? bars[0].Height : bars[0].Width) >= 2);
            Assert.Equal(0, upright ? bars[1].Height : bars[1].Width);
        }
    }

    [Fact]
    public void Drawing_OfNothing_SaysSo() => Assert.Equal("Numbers: none.", new Chart("c", "Numbers", "Name", []).Words);

    private static BoardNumbers Of(params AccessRequest[] requests) => Of(TimeZoneInfo.Utc, requests);

    private static BoardNumbers Of(TimeZoneInfo zone, params AccessRequest[] requests) =>
        BoardNumbers.Of(MemoryRequests.Counts(requests), new Page<AccessRequest>(requests, null), new Page<AccessRequest>(requests, null), zone);

    private static List<string> Bars(BoardNumbers numbers, string chart) => [.. numbers.Charts.Single(one => one.Id == chart).Bars.Select(bar => $"{bar.Label} {bar.Value}")];

    private async Task<AccessRequest> Request() => (await _api.Requests.Find((string)(await _api.Submitted())["id"]!, default))!;
}
