using AccessFunctions.Domain.Policy;
using Xunit;

namespace AccessFunctions.Domain.Tests.Policy;

public sealed class PatternTests
{
    private static bool Matches(string pattern, string resource, string user = "alice")
    {
        Assert.True(Pattern.TryParse(pattern, out var parsed, out var error), error);
        return parsed!.Matches(resource, user);
    }

    [Theory]
    [InlineData("vault/*", "vault/db-admin", true)]
    [InlineData("vault/*", "vault/a/b", false)]
    [InlineData("vault/*", "vault", false)]
    [InlineData("vault/*/*", "vault/a/b", true)]
    [InlineData("vault/db", "vault/db", true)]
    [InlineData("vault/db", "vault/DB", false)]
    [InlineData("vault/db", "vault/db2", false)]
    [InlineData("*/db", "pg/db", true)]
    [InlineData("pg-*/analytics*", "pg-prod/analytics.orders", true)]
    [InlineData("pg-*/analytics*", "pg-prod/analytics", true)]
    [InlineData("pg-*/analytics*", "pg-prod/my-analytics", false)]
    [InlineData("pg/a*b*c", "pg/aXbXbXc", true)]
    [InlineData("pg/a*b*c", "pg/ac", false)]
    [InlineData("pg/a.c", "pg/abc", false)]
    [InlineData("pg/**x", "pg/aax", true)]
    public void Star_StaysWithinASegment(string pattern, string resource, bool expected)
    {
        Assert.Equal(expected, Matches(pattern, resource));
    }

    [Theory]
    [InlineData("vault/[#USERNAME#]/*", "vault/alice/key", true)]
    [InlineData("vault/[#USERNAME#]/*", "vault/bob/key", false)]
    [InlineData("vault/home-[#USERNAME#]*", "vault/home-alice-2", true)]
    [InlineData("vault/*[#USERNAME#]", "vault/alicealice", true)]
    [InlineData("vault/[#USERNAME#][#USERNAME#]", "vault/alicealice", true)]
    [InlineData("vault/[#USERNAME#][#USERNAME#]", "vault/alice", false)]
    public void UserName_IsInsertedLiterally(string pattern, string resource, bool expected)
    {
        Assert.Equal(expected, Matches(pattern, resource));
    }

    [Theory]
    [InlineData("*")]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("[#USERNAME#]")]
    [InlineData("a\nb")]
    [InlineData("a]")]
    public void UserName_ThatCouldActAsPattern_MatchesNothing(string user)
    {
        Assert.False(Pattern.CanInsert(user));
        Assert.False(Matches("vault/[#USERNAME#]", "vault/" + user, user));
        Assert.False(Matches("vault/[#USERNAME#]*", "vault/anything", user));
        Assert.True(Matches("vault/*", "vault/anything", user));
    }

    [Fact]
    public void UserName_WithADot_IsNotAWildcard()
    {
        Assert.False(Matches("vault/[#USERNAME#]", "vault/aXb", "a.b"));
        Assert.True(Matches("vault/[#USERNAME#]", "vault/a.b", "a.b"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("vault")]
    [InlineData("vault//x")]
    [InlineData("/x")]
    [InlineData("vault/")]
    [InlineData("vault/[x]")]
    [InlineData("vault/[#username#]")]
    [InlineData("vault/a\tb")]
    public void Malformed_IsRefusedWithAReason(string? text)
    {
        Assert.False(Pattern.TryParse(text, out var pattern, out var error));
        Assert.Null(pattern);
        Assert.NotEmpty(error!);
    }

    [Fact]
    public void ManyStars_StayFast()
    {
        var pattern = "pg/" + string.Concat(Enumerable.Repeat("a*", 100)) + "b";
        Assert.False(Matches(pattern, "pg/" + new string('a', 290)));
    }

    [Theory]
    [InlineData(@"CHG-\d+", "CHG-1042", true)]
    [InlineData(@"CHG-\d+", "xCHG-1042", false)]
    [InlineData(@"CHG-\d+", "CHG-1042\n", false)]
    [InlineData(@"a|ab", "ab", true)]
    [InlineData(@"^CHG$", "CHG", true)]
    [InlineData(@"(a+)+", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab", false)]
    public void Ticket_FitsAsAWhole(string pattern, string ticket, bool expected)
    {
        Assert.Null(TicketPattern.Fault(pattern));
        Assert.Equal(expected, TicketPattern.Matches(pattern, ticket));
    }

    [Theory]
    [InlineData("(")]
    [InlineData("a)|(?:b")]
    [InlineData(@"(a)\1")]
    [InlineData("(?=a)")]
    [InlineData("")]
    public void TicketPattern_ThatCannotRun_IsReported(string pattern)
    {
        Assert.NotNull(TicketPattern.Fault(pattern));
        Assert.False(TicketPattern.Matches(pattern, "b"));
    }
}
