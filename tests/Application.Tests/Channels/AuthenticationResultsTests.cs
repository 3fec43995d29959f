using AccessFunctions.Application.Channels.Replies;

namespace AccessFunctions.Application.Tests.Channels;

public sealed class AuthenticationResultsTests
{
    [Theory]
    [InlineData("mx.example.com; dmarc=pass header.from=example.com")]
    [InlineData("MX.Example.COM 1; DMARC=Pass (p=reject) Header.From=Example.com")]
    [InlineData("mx.example.com; spf=fail smtp.mailfrom=x.test; dkim=pass header.d=example.com header.b=\"ab=cd;\" ; dmarc = pass (policy (nested \\) ) x) header.from = example.com.")]
    [InlineData("(c) mx.example.com (c) 1 (c); (c) dmarc (c) = (c) pass (c) header.from (c) = (c) example.com (c)")]
    [InlineData("mx.example.com; dmarc=pass reason=\"good; dmarc=fail\" header.from=example.com")]
    [InlineData("mx.example.com; dmarc/1=pass header.from=\"example.com\"")]
    public void Pass_ForTheFromDomain_ByTheConfiguredServer_IsTaken(string value) => Assert.True(Passed(value));

    [Theory]
    [InlineData("")]
    [InlineData("mx.example.com; none")]
    [InlineData("mx.example.com; dmarc=fail header.from=example.com")]
    [InlineData("mx.example.com; dmarc=none header.from=example.com")]
    [InlineData("mx.example.com; dmarc=bestguesspass header.from=example.com")]
    [InlineData("mx.example.com; dmarc=pass")]
    [InlineData("mx.example.com; dmarc=pass header.from=evil.test")]
    [InlineData("mx.example.com; dmarc=pass header.from=sub.example.com")]
    [InlineData("mx.example.com; dmarc=pass header.from=example.com header.from=evil.test")]
    [InlineData("mx.example.com; dmarc=fail header.from=example.com; dmarc=pass header.from=example.com")]
    [InlineData("mx.example.com; (dmarc=pass header.from=example.com)")]
    [InlineData("mx.example.com; spf=pass reason=\"; dmarc=pass header.from=example.com\"")]
    [InlineData("mx.example.com; spf=fail smtp.mailfrom=\"a;dmarc=pass header.from=example.com\"@evil.test")]
    [InlineData("mx.example.com; dmarc=pass header.from=example.com (open")]
    [InlineData("mx.example.com; dmarc=pass header.from=\"example.com")]
    [InlineData("mx.example.com dmarc=pass header.from=example.com")]
    [InlineData("mx.example.com 1 extra; dmarc=pass header.from=example.com")]
    [InlineData("other.example.com; dmarc=pass header.from=example.com")]
    [InlineData("evil.test; x=\"; mx.example.com; dmarc=pass header.from=example.com\"")]
    [InlineData("dmarc=pass header.from=example.com")]
    [InlineData("mx.example.com; \"dmarc\"=pass header.from=example.com")]
    public void AnythingElse_IsNot(string value) => Assert.False(Passed(value));

    [Fact]
    public void OnlyTheTopmostField_OfTheServer_Counts()
    {
        Assert.True(Passed("other.test; dmarc=fail", "mx.example.com; dmarc=pass header.from=example.com", "mx.example.com; dmarc=fail header.from=example.com"));
        Assert.False(Passed("mx.example.com; dmarc=fail header.from=example.com", "mx.example.com; dmarc=pass header.from=example.com"));
        Assert.False(Passed("mx.example.com; spf=pass", "mx.example.com; dmarc=pass header.from=example.com"));
    }

    [Fact]
    public void NothingBelowAFieldThatCannotBeRead_IsBelieved() => Assert.False(Passed("mx.example.com; dmarc=fail (", "mx.example.com; dmarc=pass header.from=example.com"));

    /// <summary>The form that Exchange Online writes (https://learn.microsoft.com/defender-office-365/message-headers-eop-mdo).</summary>
    [Fact]
    public void AServerWithoutAName_IsBelieved_OnlyWhereThatIsConfigured_AndOnlyAtTheTop()
    {
        const string Exchange = "spf=pass (sender IP is 192.0.2.1) smtp.mailfrom=example.com; dkim=pass (signature was verified) header.d=example.com;dmarc=pass action=none header.from=example.com;compauth=pass reason=100";
        const string Forged = "spf=pass smtp.mailfrom=example.com; dmarc=pass action=none header.from=example.com";
        Assert.False(Passed(Exchange));
        Assert.True(Unnamed(Exchange));
        Assert.False(Unnamed("mx.example.com; dmarc=pass header.from=example.com"));
        Assert.False(Unnamed(Exchange.Replace("dmarc=pass", "dmarc=fail", StringComparison.Ordinal), Forged));
        Assert.False(Unnamed("spf=none; dkim=none (message not signed) header.d=none;dmarc=none action=none header.from=example.com;", Forged));
        Assert.False(Unnamed());

        static bool Unnamed(params string[] values) => AuthenticationResults.DmarcPassed(Mail(values), AuthenticationResults.Unnamed, "example.com");
    }

    private static bool Passed(params string[] values) => AuthenticationResults.DmarcPassed(Mail(values), "mx.example.com", "example.com");

    private static InboundMail Mail(string[] values) => new()
    {
        Fingerprint = new string('0', 64),
        Fields = [.. values.Select(value => new MailField("authentication-results", value))],
        From = [],
        Recipients = [],
        Text = new Lazy<string>(""),
    };
}
