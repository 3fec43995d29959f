using AccessFunctions.Api.Authentication;

namespace AccessFunctions.Api.Tests.Oidc;

public sealed class OidcOptionsTests
{
    [Theory]
    [InlineData("https://login.example", "aud", null, null)]
    [InlineData("http://localhost:5000", "aud", null, null)]
    [InlineData("http://login.example", "aud", null, "Oidc:Issuers:0:Issuer")]
    [InlineData("login", "aud", null, "Oidc:Issuers:0:Issuer")]
    [InlineData("https://login.example", " ", null, "Oidc:Issuers:0:Audience")]
    [InlineData("https://login.example", "aud", "http://login.example/x", "Oidc:Issuers:0:MetadataAddress")]
    public void Section_IsChecked_AndNamesTheSetting(string issuer, string audience, string? metadata, string? named)
    {
        var result = new OidcOptionsValidator().Validate(null, new OidcOptions { Issuers = [new OidcIssuer { Issuer = issuer, Audience = audience, MetadataAddress = metadata }] });
        Assert.Equal(named is null, result.Succeeded);
        if (named is not null) Assert.StartsWith(named, result.Failures!.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void SameIssuerTwice_IsRefused()
    {
        var issuer = new OidcIssuer { Issuer = "https://login.example", Audience = "aud" };
        Assert.True(new OidcOptionsValidator().Validate(null, new OidcOptions { Issuers = [issuer, issuer] }).Failed);
    }
}
