using System.Text;
using AccessFunctions.Integrations.Slack;
using Xunit;

namespace AccessFunctions.Integrations.Tests.Slack;

public sealed class SlackSignatureTests
{
    // The worked example of https://docs.slack.dev/authentication/verifying-requests-from-slack.
    private const string Secret = "8f742231b10e8888abcd99yyyzzz85a5";
    private const string Timestamp = "1531420618";
    private const string Signature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
    private const string Body =
        "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA"
        + "&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        + "&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";

    private static readonly DateTimeOffset Then = DateTimeOffset.FromUnixTimeSeconds(1531420618);

    [Fact]
    public void TheExampleOfSlacksDocumentation_IsGood() => Assert.Equal(SignatureVerdict.Good, Check());

    [Fact]
    public void AnySecretInUse_IsGood_WhileItIsRotated()
    {
        Assert.Equal(SignatureVerdict.Good, Check(secrets: ["new", Secret]));
        Assert.Equal(SignatureVerdict.Good, Check(secrets: [Secret, "old"]));
        Assert.Equal(SignatureVerdict.Bad, Check(secrets: ["new"]));
        Assert.Equal(SignatureVerdict.Bad, Check(secrets: []));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(300, true)]
    [InlineData(-300, true)]
    [InlineData(301, false)]
    [InlineData(-301, false)]
    public void TheWindow_IsFiveMinutesEitherWay(int later, bool good) =>
        Assert.Equal(good ? SignatureVerdict.Good : SignatureVerdict.Stale, Check(now: Then.AddSeconds(later)));

    [Theory]
    [InlineData(null, Signature)]
    [InlineData(Timestamp, null)]
    [InlineData("", "")]
    public void WithoutIt_ItIsMissing(string? timestamp, string? signature) =>
        Assert.Equal(SignatureVerdict.Missing, SlackSignature.Check([Secret], timestamp, signature, Encoding.UTF8.GetBytes(Body), Then));

    [Theory]
    [InlineData("1531420619", Signature)]
    [InlineData("01531420618", Signature)]
    [InlineData("1531420618.0", Signature)]
    [InlineData("-1531420618", Signature)]
    [InlineData("99999999999999999999", Signature)]
    [InlineData(Timestamp, "v0=")]
    [InlineData(Timestamp, "v1=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503")]
    [InlineData(Timestamp, "a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503")]
    [InlineData(Timestamp, "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b502")]
    [InlineData(Timestamp, "v0=g2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503")]
    public void Altered_ItIsBad(string timestamp, string signature) =>
        Assert.Equal(SignatureVerdict.Bad, SlackSignature.Check([Secret], timestamp, signature, Encoding.UTF8.GetBytes(Body), Then));

    [Fact]
    public void OneByteOfTheBody_MakesItBad() => Assert.Equal(SignatureVerdict.Bad, Check(body: Body + " "));

    private static SignatureVerdict Check(IReadOnlyList<string>? secrets = null, string body = Body, DateTimeOffset? now = null) =>
        SlackSignature.Check(secrets ?? [Secret], Timestamp, Signature, Encoding.UTF8.GetBytes(body), now ?? Then);
}
