using System.Text;
using System.Text.Json;
using AccessFunctions.Api.Authentication;
using AccessFunctions.Application.Directory;
using AccessFunctions.Domain.Requests;
using AccessFunctions.Functions.Hosting;
using AccessFunctions.Functions.Identity;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace AccessFunctions.Functions.Tests.Identity;

public sealed class EasyAuthTests
{
    private const string Issuer = "https://login.example/tenant/v2.0";
    private const string NameIdentifier = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier";

    [Theory]
    [InlineData("sub")]
    [InlineData(NameIdentifier)]
    public async Task Principal_WithIssuerAndSubject_IsThatPerson(string subjectClaim)
    {
        var who = Assert.IsType<Identified>(await Read(Principal(("iss", Issuer), (subjectClaim, "s-1"), ("email", "bob@example.com"))));
        Assert.Equal(new Credential(Issuer, "s-1"), who.Credential);
        Assert.Equal(Channel.SignedIn, who.Channel);
        Assert.Empty(who.Roles);
    }

    [Fact]
    public async Task Principal_Roles_AreTheProductsOwn()
    {
        var who = Assert.IsType<Identified>(await Read(Principal(("iss", Issuer), ("sub", "s-1"), ("roles", "Admin"), ("roles", "Reviewer"), ("my-roles", "Auditor"))));
        Assert.Equal(["Admin", "Auditor"], who.Roles);
    }

    [Fact]
    public async Task Principal_WithAnEmailAlone_IsNobody() =>
        Assert.Equal("subject-missing", Assert.IsType<Rejected>(await Read(Principal(("iss", Issuer), ("email", "bob@example.com")))).Reason);

    [Fact]
    public async Task Principal_WithoutIssuer_IsNobody() =>
        Assert.Equal("issuer-missing", Assert.IsType<Rejected>(await Read(Principal(("sub", "s-1")))).Reason);

    [Fact]
    public async Task Principal_WithTwoSubjects_IsNobody() =>
        Assert.Equal("subject-missing", Assert.IsType<Rejected>(await Read(Principal(("iss", Issuer), ("sub", "s-1"), (NameIdentifier, "s-2")))).Reason);

    [Theory]
    [InlineData("")]
    [InlineData("not base64!")]
    [InlineData("bm90IGpzb24=")]
    [InlineData("e30=")]
    [InlineData("bnVsbA==")]
    [InlineData("eyJjbGFpbXMiOlt7InR5cCI6ImlzcyJ9XX0=")]
    [InlineData("eyJjbGFpbXMiOltudWxsXX0=")]
    public async Task Header_ThatCannotBeRead_IsRejected(string header) =>
        Assert.Equal("principal-malformed", Assert.IsType<Rejected>(await Read(header)).Reason);

    [Fact]
    public async Task NoHeader_IsNoCredentialOfThisKind() => Assert.Null(await new EasyAuthAuthenticator().Authenticate(new DefaultHttpContext()));

    [Theory]
    [InlineData("POST", "cross-site", false)]
    [InlineData("POST", "same-site", false)]
    [InlineData("POST", "same-origin", true)]
    [InlineData("POST", null, true)]
    [InlineData("GET", "cross-site", true)]
    public async Task Session_IsNotForOtherSitesToActWith(string method, string? site, bool accepted)
    {
        var http = Call(Principal(("iss", Issuer), ("sub", "s-1")));
        http.Request.Method = method;
        if (site is not null) http.Request.Headers["Sec-Fetch-Site"] = site;
        Assert.Equal(accepted, await new EasyAuthAuthenticator().Authenticate(http) is Identified);
    }

    [Theory]
    [InlineData("True", true)]
    [InlineData("true", true)]
    [InlineData("False", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Header_IsReadOnlyWhereThePlatformAuthenticates(string? setting, bool read)
    {
        var services = new ServiceCollection().AddAccessFunctions(new ConfigurationBuilder().AddInMemoryCollection([new("WEBSITE_AUTH_ENABLED", setting)]).Build());
        Assert.Equal(read, services.Any(service => service.ServiceType == typeof(IAuthenticator) && service.ImplementationType == typeof(EasyAuthAuthenticator)));
        Assert.Contains(services, service => service.ServiceType == typeof(IAuthenticator) && service.ImplementationType != typeof(EasyAuthAuthenticator));
    }

    private static Task<SignIn?> Read(string header) => new EasyAuthAuthenticator().Authenticate(Call(header));

    private static DefaultHttpContext Call(string header)
    {
        var http = new DefaultHttpContext();
        http.Request.Headers[EasyAuthAuthenticator.Header] = header;
        return http;
    }

    private static string Principal(params (string Type, string Value)[] claims) => Convert.ToBase64String(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new
    {
        auth_typ = "aad",
        name_typ = "name",
        role_typ = "my-roles",
        claims = claims.Select(claim => new { typ = claim.Type, val = claim.Value }),
    })));
}
