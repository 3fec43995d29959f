using AccessFunctions.Api.Authentication;
using AccessFunctions.Application.Directory;
using Microsoft.IdentityModel.JsonWebTokens;

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

    [Theory]
    [InlineData("sub", true)]
    [InlineData("oid", true)]
    [InlineData("email", false)] // people can change it
    [InlineData("upn", false)]
    [InlineData("", false)]
    public void TheClaimOfTheSubject_IsOneThatStays(string claim, bool taken)
    {
        var result = new OidcOptionsValidator().Validate(null, new OidcOptions { Issuers = [new OidcIssuer { Issuer = "https://login.example", Audience = "aud", SubjectClaim = claim }] });
        Assert.Equal(taken, result.Succeeded);
        if (!taken) Assert.StartsWith("Oidc:Issuers:0:SubjectClaim", result.Failures!.Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sub", """{ "sub": "pairwise", "oid": "the-object" }""", "pairwise")]
    [InlineData("oid", """{ "sub": "pairwise", "oid": "the-object" }""", "the-object")]
    [InlineData("oid", """{ "sub": "pairwise" }""", null)]
    [InlineData("oid", """{ "sub": "pairwise", "oid": "" }""", null)]
    public void AToken_IsThePersons_WhomItsClaimNames(string claim, string payload, string? subject)
    {
        var issuer = new ConfiguredIssuer(new OidcIssuer { Issuer = "https://login.example", Audience = "aud", SubjectClaim = claim }, null!, TimeProvider.System);
        var who = issuer.Identify(new JsonWebToken("""{ "alg": "RS256" }""", payload));
        if (subject is null) Assert.Equal("subject-missing", Assert.IsType<Rejected>(who).Reason);
        else Assert.Equal(new Credential("https://login.example", subject), Assert.IsType<Identified>(who).Credential);
    }
}
