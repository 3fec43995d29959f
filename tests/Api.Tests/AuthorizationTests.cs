using AccessFunctions.Api.Routing;
using AccessFunctions.Api.Tests.Support;
using AccessFunctions.Application.Directory;

namespace AccessFunctions.Api.Tests;

/// <summary>Every route × every kind of caller: what this layer answers before any use case is asked.</summary>
public sealed class AuthorizationTests
{
    /// <summary>Routes nobody needs to sign in for.</summary>
    private static readonly HashSet<string> Open = ["HealthLive", "HealthReady", "GetOpenApi", "ErrorsPage", "SignInPage"];

    /// <summary>Routes whose credential is in the message; where none is configured, as here, there is no such address.</summary>
    private static readonly HashSet<string> Signed = ["SlackEvents", "PostMail", .. ApiRoutes.All.Where(static route => route.Scheme == "scim").Select(static route => route.Name)];

    /// <summary>Routes whose credential is in the message: what a message without one is answered with, whoever sends it.</summary>
    private static readonly Dictionary<string, int> ByMessage = new()
    {
        ["ShowReview"] = 404,
        ["DecideReview"] = 404,
        ["ListDemoMail"] = 404,
        ["ShowDemoMail"] = 404,
        ["ReplyToDemoMail"] = 404,
        ["GetAsset"] = 404,
        ["RecordingPage"] = 404,
        ["RecordingMedia"] = 404,
        ["GetAuthority"] = 404,
        ["GetCertificateRevocations"] = 404,
        ["GetKeyRevocations"] = 404,
        ["GetProtectedResource"] = 404,
        ["GetAssistantsResource"] = 404,
        ["SignInAsPerson"] = 403,
        ["SignInCallback"] = 400,
        ["SignOut"] = 303,
    };

    /// <summary>Routes for product roles; every other is for any known person.</summary>
    private static readonly Dictionary<string, string[]> ByRole = new()
    {
        ["PutAccessGroup"] = [Roles.Admin],
        ["DeleteAccessGroup"] = [Roles.Admin],
        ["SetRoles"] = [Roles.Admin],
        ["DeleteAccessGroupPage"] = [Roles.Admin],
        ["DeleteAccessGroupByForm"] = [Roles.Admin],
        ["NewAccessGroupPage"] = [Roles.Admin],
        ["NewAccessGroup"] = [Roles.Admin],
        ["LinkSlack"] = [Roles.Admin],
        ["IngestPlatform"] = [Roles.Admin],
        ["LinkIdentityByForm"] = [Roles.Admin],
        ["IngestByForm"] = [Roles.Admin],
        ["LinkIdentity"] = [Roles.Admin],
        ["UnlinkIdentity"] = [Roles.Admin],
        ["ListDifferences"] = [Roles.Admin, Roles.Auditor],
        ["ListPlatformResources"] = [Roles.Admin, Roles.Auditor],
        ["UnlinkSlack"] = [Roles.Admin],
        ["AuditPage"] = [Roles.Admin, Roles.Auditor],
        ["VerifyAudit"] = [Roles.Admin, Roles.Auditor],
        ["EditAccessGroupPage"] = [Roles.Admin],
        ["EditAccessGroup"] = [Roles.Admin],
        ["GetRetention"] = [Roles.Admin, Roles.Auditor],
        ["ListLegalHolds"] = [Roles.Admin, Roles.Auditor],
        ["PlaceLegalHold"] = [Roles.Admin, Roles.Auditor],
        ["LiftLegalHold"] = [Roles.Admin],
        ["PseudonymisePerson"] = [Roles.Admin],
        ["RetentionPage"] = [Roles.Admin, Roles.Auditor],
        ["PseudonymisePersonByForm"] = [Roles.Admin],
        ["HoldRequest"] = [Roles.Admin, Roles.Auditor],
        ["ListAudit"] = [Roles.Admin, Roles.Auditor],
        ["ExportAuditTable"] = [Roles.Admin, Roles.Auditor],
        ["ListCheckpoints"] = [Roles.Admin, Roles.Auditor],
        ["ExportAudit"] = [Roles.Admin, Roles.Auditor],
    };

    public static TheoryData<string, string> Table()
    {
        var table = new TheoryData<string, string>();
        foreach (var route in ApiRoutes.All)
        {
            foreach (var caller in new[] { "anonymous", "stranger", "olga", "dave", "erin" }) table.Add(route.Name, caller);
        }

        return table;
    }

    [Theory]
    [MemberData(nameof(Table))]
    public async Task Route_LetsIn_ExactlyItsCallers(string name, string caller)
    {
        using var api = new TestApi();
        var route = ApiRoutes.All.Single(route => route.Name == name);
        var path = route.Template.Replace("{id}", "x", StringComparison.Ordinal);
        var reply = await api.Send(route.Method, path, caller == "anonymous" ? null : caller == "stranger" ? "mallory" : caller, route.RequestType is null ? null : "not json");

        if (Open.Contains(name)) Assert.Equal(200, reply.Status);
        else if (Signed.Contains(name)) Assert.Equal((404, "unknown-address"), (reply.Status, reply.Problem));
        else if (ByMessage.TryGetValue(name, out var status)) Assert.Equal(status, reply.Status);
        else if (route.Page) Assert.Equal(OfPage(route, caller), reply.Status);
        else if (caller == "anonymous") Assert.Equal((401, "unauthenticated"), (reply.Status, reply.Problem));
        else if (caller == "stranger") Assert.Equal((403, "stranger"), (reply.Status, reply.Problem));
        else if (ByRole.TryGetValue(name, out var roles) && !roles.Contains(caller == "dave" ? Roles.Admin : caller == "erin" ? Roles.Auditor : "")) Assert.Equal((403, "role-missing"), (reply.Status, reply.Problem));
        else if (route.RequestType is not null) Assert.Equal((400, "malformed"), (reply.Status, reply.Problem));
        else Assert.True(reply.Status is 200 or 404 or 428 || name == "ClearDelegate" || (name == "ServeAssistants" && reply.Problem == "not-acceptable"), $"{name} as {caller}: {reply.Status} {reply.Text}");
    }

    // There is no request "x".
    private static int OfPage(ApiRoute route, string caller) => caller switch
    {
        "anonymous" => 303,
        "stranger" => 403,
        _ when ByRole.TryGetValue(route.Name, out var roles) && !roles.Contains(caller == "dave" ? Roles.Admin : caller == "erin" ? Roles.Auditor : "") => 403,
        _ when route.Template.Contains("{id}", StringComparison.Ordinal) => 404,
        _ => route is { Method: "POST", Name: not "VerifyAudit" } ? 422 : 200, // an empty form
    };

    [Fact]
    public void RolesOfTheTable_AreTheExpectedOnes() => Assert.Equal(
        ByRole.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}: {string.Join(',', pair.Value)}"),
        ApiRoutes.All.Where(route => route.Roles.Count > 0).OrderBy(route => route.Name, StringComparer.Ordinal).Select(route => $"{route.Name}: {string.Join(',', route.Roles)}"));
}
