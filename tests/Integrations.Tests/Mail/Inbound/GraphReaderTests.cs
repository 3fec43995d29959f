using System.Text.Json;
using AccessFunctions.Application.Channels.Replies;
using AccessFunctions.Application.Ports;
using AccessFunctions.Integrations.Mail.Graph;
using AccessFunctions.Integrations.Mail.Inbound;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Mail.Inbound;

/// <summary>What a Graph message leaves open is never filled with what its sender may have written.</summary>
public sealed class GraphReaderTests
{
    private static readonly object Passed = new { name = AuthenticationResults.FieldName, value = "mx.example.org; dmarc=pass header.from=example.org" };

    public static TheoryData<object> Unreadable { get; } =
    [
        new { name = AuthenticationResults.FieldName, value = "mx.example.org; dmarc=fail " + new string('x', MimeLimits.Field) },
        new { name = AuthenticationResults.FieldName, value = (string?)null },
        new { name = AuthenticationResults.FieldName },
        new { name = " ", value = "mx.example.org; dmarc=fail header.from=example.org" },
        new { value = "mx.example.org; dmarc=fail header.from=example.org" },
        "Authentication-Results: mx.example.org; dmarc=fail header.from=example.org",
    ];

    [Theory]
    [MemberData(nameof(Unreadable), DisableDiscoveryEnumeration = true)]
    public void AFieldThatCannotBeRead_IsNotLeftOut_ForOneBelowItToCount(object field)
    {
        var reading = Read([field, Passed]);
        Assert.Null(reading.Mail);
        Assert.Equal("no header of a mail", reading.Why);
    }

    [Fact]
    public void FieldNames_AreReadWithoutSpacesAround() =>
        Assert.False(AuthenticationResults.DmarcPassed(Read([new { name = "Authentication-Results ", value = "mx.example.org; dmarc=fail header.from=example.org" }, Passed]).Mail!, "mx.example.org", "example.org"));

    [Theory]
    [InlineData("bob@example.org <eve@evil.test>")]
    [InlineData("Bob <bob@example.org")]
    [InlineData("undisclosed:;")]
    [InlineData("")]
    public void AFromField_ThatNamesNobody_IsNotMadeUpFor(string value) => Assert.Empty(Read([new { name = "From", value }, Passed]).Mail!.From);

    [Theory]
    [InlineData("Bob <BOB@example.org>", "BOB@example.org")]
    [InlineData("Eve <eve@evil.test>", "eve@evil.test bob@example.org")]
    public void AFromField_ThatSaysTheSame_IsOneSender_AndElseTwo(string value, string expected) =>
        Assert.Equal(expected, string.Join(' ', Read([new { name = "from", value }, Passed]).Mail!.From));

    [Fact]
    public void WithoutAFromField_TheMessagesOwnCounts() => Assert.Equal(["bob@example.org"], Read([Passed]).Mail!.From);

    private static MailReading Read(object[] fields) => new GraphMessageReader().Read(JsonSerializer.SerializeToUtf8Bytes(new
    {
        id = "m-1",
        from = new { emailAddress = new { name = "Bob", address = "bob@example.org" } },
        internetMessageHeaders = fields,
    }));
}
