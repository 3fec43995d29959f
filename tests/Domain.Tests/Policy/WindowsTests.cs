using AccessFunctions.Domain.Policy;
using Xunit;

namespace AccessFunctions.Domain.Tests.Policy;

// A test package brings a namespace of that name along.
using Windows = AccessFunctions.Domain.Policy.Windows;

public sealed class WindowsTests
{
    private const string Berlin = "Europe/Berlin";
    private const string NewYork = "America/New_York";
    private static readonly Freeze[] NoFreeze = [];

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text + "Z", System.Globalization.CultureInfo.InvariantCulture);

    private static Window Daily(string from, string to, params DayOfWeek[] days) => new() { From = TimeOnly.Parse(from), To = TimeOnly.Parse(to), Days = days };

    private static DateTimeOffset? First(string from, string zone, params Window[] windows) =>
        Windows.FirstUsable(Utc(from), Utc(from).AddDays(60), windows, NoFreeze, zone);

    private static DateTimeOffset Until(string at, string zone, params Window[] windows) =>
        Windows.UsableUntil(Utc(at), Utc(at).AddDays(60), windows, NoFreeze, zone);

    [Fact]
    public void FirstUsable_WithoutWindows_IsTheInstantItself()
    {
        Assert.Equal(Utc("2026-05-01T10:00:00"), First("2026-05-01T10:00:00", Berlin));
    }

    [Fact]
    public void FirstUsable_InsideAWindow_IsTheInstantItself()
    {
        Assert.Equal(Utc("2026-01-07T10:00:00"), First("2026-01-07T10:00:00", Berlin, Daily("08:00", "18:00")));
    }

    [Fact]
    public void FirstUsable_OnASaturday_MovesToMondayMorning()
    {
        var office = Daily("08:00", "18:00", DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday);
        Assert.Equal(Utc("2026-01-12T07:00:00"), First("2026-01-10T12:00:00", Berlin, office));
    }

    [Fact]
    public void FirstUsable_BeyondTheBound_IsNull()
    {
        Assert.Null(Windows.FirstUsable(Utc("2026-01-10T12:00:00"), Utc("2026-01-12T06:59:59"), [Daily("08:00", "18:00", DayOfWeek.Monday)], NoFreeze, Berlin));
        Assert.Equal(Utc("2026-01-12T07:00:00"), Windows.FirstUsable(Utc("2026-01-10T12:00:00"), Utc("2026-01-12T07:00:00"), [Daily("08:00", "18:00", DayOfWeek.Monday)], NoFreeze, Berlin));
    }

    [Fact]
    public void UsableUntil_EndsWithTheWindow()
    {
        Assert.Equal(Utc("2026-01-07T17:00:00"), Until("2026-01-07T10:00:00", Berlin, Daily("08:00", "18:00")));
    }

    [Fact]
    public void UsableUntil_AtTheEndOfAWindow_IsNotUsable()
    {
        Assert.Equal(Utc("2026-01-07T17:00:00"), Until("2026-01-07T17:00:00", Berlin, Daily("08:00", "18:00")));
    }

    [Fact]
    public void UsableUntil_BoundBeforeTheWindowsEnd_IsTheBound()
    {
        Assert.Equal(Utc("2026-01-07T11:00:00"), Windows.UsableUntil(Utc("2026-01-07T10:00:00"), Utc("2026-01-07T11:00:00"), [Daily("08:00", "18:00")], NoFreeze, Berlin));
    }

    [Theory]
    [InlineData(Berlin, "2026-03-29T00:00:00", "2026-03-29T01:00:00")] // 02:30 is skipped: 03:00 summer time
    [InlineData(NewYork, "2026-03-08T05:00:00", "2026-03-08T07:00:00")]
    public void Start_InTheSpringGap_MovesToTheFirstInstantAfterIt(string zone, string from, string expected)
    {
        Assert.Equal(Utc(expected), First(from, zone, Daily("02:30", "06:00")));
    }

    [Theory]
    [InlineData(Berlin, "2026-03-29T00:15:00", "2026-03-29T01:00:00")]
    [InlineData(NewYork, "2026-03-08T06:15:00", "2026-03-08T07:00:00")]
    public void End_InTheSpringGap_IsTheGap(string zone, string at, string expected)
    {
        Assert.Equal(Utc(expected), Until(at, zone, Daily("01:00", "02:30")));
    }

    [Fact]
    public void Window_WhollyInTheSpringGap_DoesNotHappenThatDay()
    {
        Assert.Equal(Utc("2026-03-30T00:10:00"), First("2026-03-29T00:00:00", Berlin, Daily("02:10", "02:50")));
    }

    [Theory]
    [InlineData(Berlin, "2026-10-24T23:00:00", "2026-10-25T00:30:00", "2026-10-25T01:45:00")]
    [InlineData(NewYork, "2026-11-01T04:00:00", "2026-11-01T05:30:00", "2026-11-01T06:45:00")]
    public void Window_InTheRepeatedHour_RunsFromTheFirstToTheSecond(string zone, string from, string start, string end)
    {
        var window = zone == Berlin ? Daily("02:30", "02:45") : Daily("01:30", "01:45");
        Assert.Equal(Utc(start), First(from, zone, window));
        Assert.Equal(Utc(end), Until(start, zone, window));
    }

    [Theory]
    [InlineData("2026-01-07T23:00:00", "2026-01-08T05:00:00")] // winter
    [InlineData("2026-03-28T23:00:00", "2026-03-29T04:00:00")] // the short night
    [InlineData("2026-10-24T22:00:00", "2026-10-25T05:00:00")] // the long night
    public void Overnight_RunsIntoTheNextDay(string at, string end)
    {
        Assert.Equal(Utc(end), Until(at, Berlin, Daily("22:00", "06:00")));
        Assert.Equal(Utc(at), First(at, Berlin, Daily("22:00", "06:00")));
    }

    [Fact]
    public void Overnight_OnFridays_CoversSaturdayMorningOnly()
    {
        var night = Daily("22:00", "06:00", DayOfWeek.Friday);
        Assert.Equal(Utc("2026-01-10T03:00:00"), First("2026-01-10T03:00:00", Berlin, night));
        Assert.Equal(Utc("2026-01-16T21:00:00"), First("2026-01-10T05:00:00", Berlin, night));
    }

    [Fact]
    public void LeapDay_BoundsHold()
    {
        var leap = Daily("08:00", "10:00") with { FirstDate = new DateOnly(2028, 2, 29), LastDate = new DateOnly(2028, 2, 29) };
        Assert.Equal(Utc("2028-02-29T08:00:00"), First("2028-01-30T00:00:00", "UTC", leap));
        Assert.Null(First("2028-02-29T10:00:00", "UTC", leap));
    }

    [Fact]
    public void LastDate_BoundsTheBeginning_NotTheEnd()
    {
        var night = Daily("22:00", "06:00") with { LastDate = new DateOnly(2026, 1, 7) };
        Assert.Equal(Utc("2026-01-08T05:00:00"), Until("2026-01-08T01:00:00", Berlin, night));
        Assert.Null(First("2026-01-08T05:00:00", Berlin, night));
    }

    [Fact]
    public void AroundTheClock_OfSeveralWindows_IsContinuous()
    {
        Window[] always = [Daily("00:00", "08:00"), Daily("08:00", "16:00"), Daily("16:00", "00:00")];
        var at = Utc("2026-01-01T00:00:00");
        foreach (var zone in new[] { Berlin, NewYork, "Australia/Lord_Howe", "UTC" })
        {
            Assert.Equal(at.AddDays(365), Windows.UsableUntil(at, at.AddDays(365), always, NoFreeze, zone));
            Assert.Equal(at.AddDays(365), Windows.UsableUntil(at, at.AddDays(365), [Daily("02:30", "02:30")], NoFreeze, zone));
            Assert.Null(Windows.NextStart(at, at.AddDays(365), always, zone));
        }
    }

    [Fact]
    public void Freeze_CutsAStretch_AndPostponesAStart()
    {
        Freeze[] freezes = [new(Utc("2026-01-07T09:00:00"), Utc("2026-01-07T11:00:00")), new(Utc("2026-01-07T11:00:00"), Utc("2026-01-08T12:00:00"), "year end")];
        var bound = Utc("2026-02-07T00:00:00");
        Assert.Equal(Utc("2026-01-07T09:00:00"), Windows.UsableUntil(Utc("2026-01-07T08:00:00"), bound, [Daily("08:00", "18:00")], freezes, Berlin));
        Assert.Equal(Utc("2026-01-08T12:00:00"), Windows.FirstUsable(Utc("2026-01-07T09:00:00"), bound, [Daily("08:00", "18:00")], freezes, Berlin));
        Assert.Equal(Utc("2026-01-08T12:00:00"), Windows.FirstUsable(Utc("2026-01-07T09:00:00"), bound, [], freezes, Berlin));
        Assert.Equal(Utc("2026-01-07T10:00:00"), Windows.UsableUntil(Utc("2026-01-07T10:00:00"), bound, [], freezes, Berlin));
    }

    [Fact]
    public void Freeze_OverAWholeWindow_MovesToTheNextOne()
    {
        Freeze[] freezes = [new(Utc("2026-01-07T00:00:00"), Utc("2026-01-07T17:00:00"))];
        Assert.Equal(Utc("2026-01-08T07:00:00"), Windows.FirstUsable(Utc("2026-01-07T09:00:00"), Utc("2026-02-01T00:00:00"), [Daily("08:00", "18:00")], freezes, Berlin));
    }

    [Theory]
    [InlineData("2026-01-07T06:00:00", "2026-01-07T07:00:00", false)]
    [InlineData("2026-01-07T06:00:00", "2026-01-07T07:00:01", true)]
    [InlineData("2026-01-07T16:59:59", "2026-01-07T20:00:00", true)]
    [InlineData("2026-01-07T17:00:00", "2026-01-07T20:00:00", false)]
    [InlineData("2026-01-07T07:00:00", "2026-01-07T07:00:00", true)]
    [InlineData("2026-01-07T06:59:59", "2026-01-07T06:59:59", false)]
    [InlineData("2026-01-07T17:00:00", "2026-01-07T17:00:00", false)]
    public void Overlaps_IsHalfOpen(string from, string to, bool expected)
    {
        Assert.Equal(expected, Windows.Overlaps(Utc(from), Utc(to), [Daily("08:00", "18:00")], Berlin));
    }

    [Fact]
    public void NextStart_IsTheNextBeginning_AtOrAfter()
    {
        Window[] office = [Daily("08:00", "12:00"), Daily("12:00", "18:00")];
        Assert.Equal(Utc("2026-01-07T07:00:00"), Windows.NextStart(Utc("2026-01-07T07:00:00"), Utc("2026-02-01T00:00:00"), office, Berlin));
        Assert.Equal(Utc("2026-01-08T07:00:00"), Windows.NextStart(Utc("2026-01-07T07:00:01"), Utc("2026-02-01T00:00:00"), office, Berlin));
        Assert.Null(Windows.NextStart(Utc("2026-01-07T18:00:00"), Utc("2026-01-08T06:59:00"), office, Berlin));
    }

    [Fact]
    public void UnknownZone_FailsClosed()
    {
        Window[] office = [Daily("08:00", "18:00")];
        var at = Utc("2026-01-07T12:00:00");
        Assert.Null(Windows.FirstUsable(at, at.AddDays(9), office, NoFreeze, "Mars/Olympus"));
        Assert.Equal(at, Windows.UsableUntil(at, at.AddDays(9), office, NoFreeze, "Mars/Olympus"));
        Assert.True(Windows.Overlaps(at, at, office, "Mars/Olympus"));
    }

    [Fact]
    public void Bounds_AtTheEdgesOfTime_DoNotOverflow()
    {
        Window[] office = [Daily("22:00", "06:00")];
        Assert.NotNull(Windows.FirstUsable(DateTimeOffset.MinValue, DateTimeOffset.MaxValue, office, NoFreeze, Berlin));
        Assert.Null(Windows.NextStart(DateTimeOffset.MaxValue, DateTimeOffset.MaxValue, office, "UTC"));
        Assert.True(Windows.Overlaps(DateTimeOffset.MinValue, DateTimeOffset.MaxValue, office, NewYork));
    }

    [Fact]
    public void SearchWithoutAnyWindow_StopsAtTheHorizon()
    {
        var past = Daily("08:00", "18:00") with { LastDate = new DateOnly(2020, 1, 1) };
        Assert.Null(Windows.FirstUsable(Utc("2026-01-01T00:00:00"), DateTimeOffset.MaxValue, [past], NoFreeze, Berlin));
        Assert.Null(Windows.NextStart(Utc("2026-01-01T00:00:00"), DateTimeOffset.MaxValue, [past], Berlin));
    }
}
