using AccessFunctions.Integrations.Postgres;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Postgres;

public sealed class PgNameTests
{
    [Theory]
    [InlineData("analytics", "analytics")]
    [InlineData("analytics.orders", "analytics|orders")]
    [InlineData("Sales-2026._$", "Sales-2026|_$")]
    [InlineData("\"a.b\".\"c\"\"d\"", "a.b|c\"d")]
    [InlineData("\"x y\"", "x y")]
    public void Path_ThatIsWellFormed_IsReadAndWrittenTheSame(string path, string names)
    {
        Assert.Null(PgName.ParsePath(path, out var read));
        Assert.Equal(names.Split('|'), read);
        Assert.Null(PgName.ParsePath(PgName.FormatPath(read), out var again));
        Assert.Equal(read, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a.")]
    [InlineData(".a")]
    [InlineData("a..b")]
    [InlineData("a.b.c")]
    [InlineData("a b")]
    [InlineData("a;b")]
    [InlineData("a\"b\"")]
    [InlineData("\"a")]
    [InlineData("\"a\"b")]
    [InlineData("\"\"")]
    [InlineData("\"a\nb\"")]
    [InlineData("\"a\"\"")]
    public void Path_ThatIsMalformed_IsRefusedWithAReason(string path)
    {
        Assert.NotNull(PgName.ParsePath(path, out var names));
        Assert.Empty(names);
    }

    [Theory]
    [InlineData("plain", "'plain'")]
    [InlineData("it's", "'it''s'")]
    [InlineData("\\'", "E'\\\\'''")]
    public void Literal_OfAnyText_StaysOneLiteral(string text, string literal) => Assert.Equal(literal, PgName.Literal(text));
}
