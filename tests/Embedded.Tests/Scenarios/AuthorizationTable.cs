using System.Text;
using AccessFunctions.Api.Assets;
using AccessFunctions.Api.Routing;
using AccessFunctions.Conformance.Tests;
using AccessFunctions.Tests.Shared;
using Xunit;

namespace AccessFunctions.Embedded.Tests.Scenarios;

/// <summary>
/// Every route for every kind of caller, over HTTP: nobody, a valid token of an unknown person, a person who has nothing to do with the
/// request, its requester, an approver of its level, an administrator, an auditor. The request is alice's: open, but for the routes
/// that need an emergency.
/// </summary>
public sealed class AuthorizationTable
{
    private const string ScimToken = "of-the-provider-0123456789abcdef0123456789";
    private static readonly string[] Callers = ["", "stranger", "mallory", "alice", "bob", "dave", "erin"];

    /// <summary>Route → status per caller, in the order of <see cref="Callers"/>.</summary>
    private static Dictionary<string, int[]> Expected { get; } = new()
    {
        ["SubmitRequest"] = [401, 403, 201, 201, 403, 403, 403],
        ["ListRequests"] = [401, 403, 200, 200, 200, 200, 200],
        ["ExportRequests"] = [401, 403, 200, 200, 200, 200, 200],
        ["GetRequest"] = [401, 403, 404, 200, 200, 200, 200],
        ["ApproveRequest"] = [401, 403, 404, 403, 200, 403, 403],
        ["DenyRequest"] = [401, 403, 404, 403, 200, 403, 403],
        ["CancelRequest"] = [401, 403, 404, 200, 403, 200, 403],
        ["DeclareEmergency"] = [401, 403, 404, 200, 403, 403, 403],
        ["RevokeRequest"] = [401, 403, 404, 403, 200, 200, 403],
        ["ReleaseRequest"] = [401, 403, 404, 200, 403, 403, 403],
        ["ExtendRequest"] = [401, 403, 404, 422, 403, 403, 403],
        ["RatifyEmergency"] = [401, 403, 404, 403, 200, 403, 403],
        ["ConfirmDone"] = [401, 403, 404, 403, 403, 409, 403],
        ["ConfirmRemoved"] = [401, 403, 404, 403, 403, 409, 403],
        ["FetchSecret"] = [401, 403, 404, 409, 403, 403, 403],
        ["GetRequestAudit"] = [401, 403, 404, 200, 200, 200, 200],
        ["DecideBatch"] = [401, 403, 200, 200, 200, 200, 200],
        ["ExportDecisions"] = [401, 403, 200, 200, 200, 200, 200],
        ["PreviewPolicy"] = [401, 403, 200, 200, 200, 200, 200],
        ["ListAccessGroups"] = [401, 403, 200, 200, 200, 200, 200],
        ["GetAccessGroup"] = [401, 403, 200, 200, 404, 200, 200],
        ["PutAccessGroup"] = [401, 403, 403, 403, 403, 428, 403],
        ["DeleteAccessGroup"] = [401, 403, 403, 403, 403, 428, 403],
        ["ListResources"] = [401, 403, 200, 200, 200, 200, 200],
        ["ListPlatforms"] = [401, 403, 200, 200, 200, 200, 200],
        ["GetPlatform"] = [401, 403, 200, 200, 200, 200, 200],
        ["IngestPlatform"] = [401, 403, 403, 403, 403, 202, 403],
        ["ListPlatformResources"] = [401, 403, 403, 403, 403, 200, 200],
        ["ListDifferences"] = [401, 403, 403, 403, 403, 200, 200],
        ["ListIdentities"] = [401, 403, 200, 200, 200, 200, 200],
        ["LinkIdentity"] = [401, 403, 403, 403, 403, 404, 403], // there is no such identity
        ["UnlinkIdentity"] = [401, 403, 403, 403, 403, 404, 403],
        ["ListAccess"] = [401, 403, 200, 200, 200, 200, 200],
        ["AskQuestion"] = [401, 403, 200, 200, 200, 200, 200],
        ["ServeAssistants"] = [401, 403, 406, 406, 406, 406, 406], // without its Accept header: AssistantScenarios
        ["ListPeople"] = [401, 403, 200, 200, 200, 200, 200],
        ["SetDelegate"] = [401, 403, 403, 403, 200, 200, 403],
        ["ClearDelegate"] = [401, 403, 403, 403, 204, 204, 403],
        ["SetRoles"] = [401, 403, 403, 403, 403, 200, 403],
        ["LinkSlack"] = [401, 403, 403, 403, 403, 200, 403],
        ["UnlinkSlack"] = [401, 403, 403, 403, 403, 204, 403],
        ["GetRetention"] = [401, 403, 403, 403, 403, 200, 200],
        ["ListLegalHolds"] = [401, 403, 403, 403, 403, 200, 200],
        ["PlaceLegalHold"] = [401, 403, 403, 403, 403, 200, 200],
        ["LiftLegalHold"] = [401, 403, 403, 403, 403, 404, 403], // there is none
        ["PseudonymisePerson"] = [401, 403, 403, 403, 403, 200, 403],
        ["RetentionPage"] = [303, 403, 403, 403, 403, 200, 200],
        ["PseudonymisePersonByForm"] = [303, 403, 403, 403, 403, 422, 403], // an empty form
        ["HoldRequest"] = [303, 403, 403, 403, 403, 422, 422], // an empty form
        ["ListAudit"] = [401, 403, 403, 403, 403, 200, 200],
        ["ExportAuditTable"] = [401, 403, 403, 403, 403, 200, 200],
        ["ListCheckpoints"] = [401, 403, 403, 403, 403, 200, 200],
        ["ExportAudit"] = [401, 403, 403, 403, 403, 200, 200],
        ["SlackEvents"] = [404, 404, 404, 404, 404, 404, 404], // not set up here; its credential is in the post: SlackScenarios
        ["PostMail"] = [404, 404, 404, 404, 404, 404, 404], // not set up here either: ReplyScenarios
        ["GetScimConfig"] = [401, 401, 401, 401, 401, 401, 401], // nobody by whom they are, as only the token of its own counts: see below
        ["ListScimResourceTypes"] = [401, 401, 401, 401, 401, 401, 401],
        ["GetScimResourceType"] = [401, 401, 401, 401, 401, 401, 401],
        ["ListScimSchemas"] = [401, 401, 401, 401, 401, 401, 401],
        ["GetScimSchema"] = [401, 401, 401, 401, 401, 401, 401],
        ["ListScimUsers"] = [401, 401, 401, 401, 401, 401, 401],
        ["AddScimUser"] = [401, 401, 401, 401, 401, 401, 401],
        ["GetScimUser"] = [401, 401, 401, 401, 401, 401, 401],
        ["PutScimUser"] = [401, 401, 401, 401, 401, 401, 401],
        ["PatchScimUser"] = [401, 401, 401, 401, 401, 401, 401],
        ["DeleteScimUser"] = [401, 401, 401, 401, 401, 401, 401],
        ["ListScimGroups"] = [401, 401, 401, 401, 401, 401, 401],
        ["AddScimGroup"] = [401, 401, 401, 401, 401, 401, 401],
        ["GetScimGroup"] = [401, 401, 401, 401, 401, 401, 401],
        ["PutScimGroup"] = [401, 401, 401, 401, 401, 401, 401],
        ["PatchScimGroup"] = [401, 401, 401, 401, 401, 401, 401],
        ["DeleteScimGroup"] = [401, 401, 401, 401, 401, 401, 401],
        ["ShowReview"] = [404, 404, 404, 404, 404, 404, 404],
        ["DecideReview"] = [404, 404, 404, 404, 404, 404, 404],
        ["ListDemoMail"] = [404, 404, 404, 404, 404, 404, 404], // this is no demo: DemoMailTests
        ["ShowDemoMail"] = [404, 404, 404, 404, 404, 404, 404],
        ["ReplyToDemoMail"] = [404, 404, 404, 404, 404, 404, 404],
        ["HealthLive"] = [200, 200, 200, 200, 200, 200, 200],
        ["HealthReady"] = [200, 200, 200, 200, 200, 200, 200],
        ["RecordingPage"] = [404, 404, 404, 404, 404, 404, 404], // no link of ours, whoever comes: RecordingScenarios
        ["RecordingMedia"] = [404, 404, 404, 404, 404, 404, 404],
        ["GetAuthority"] = [200, 200, 200, 200, 200, 200, 200], // what is published is for everybody
        ["GetCertificateRevocations"] = [200, 200, 200, 200, 200, 200, 200],
        ["GetKeyRevocations"] = [200, 200, 200, 200, 200, 200, 200],
        ["GetProtectedResource"] = [404, 404, 404, 404, 404, 404, 404], // no provider is configured here: ProtectedResourceTests
        ["GetAssistantsResource"] = [404, 404, 404, 404, 404, 404, 404],
        ["GetOpenApi"] = [200, 200, 200, 200, 200, 200, 200],
        ["ErrorsPage"] = [200, 200, 200, 200, 200, 200, 200],
        ["GetAsset"] = [200, 200, 200, 200, 200, 200, 200],
        ["SignInPage"] = [200, 200, 200, 200, 200, 200, 200],
        ["SignInAsPerson"] = [403, 403, 403, 403, 403, 403, 403], // without the field of its page
        ["SignInCallback"] = [400, 400, 400, 400, 400, 400, 400], // nothing was begun
        ["SignOut"] = [303, 303, 303, 303, 303, 303, 303],
        ["HomePage"] = [303, 403, 200, 200, 200, 200, 200],
        ["RequestsPage"] = [303, 403, 200, 200, 200, 200, 200],
        ["RequestPage"] = [303, 403, 404, 200, 200, 200, 200],
        ["ActOnRequest"] = [303, 403, 404, 303, 403, 303, 403], // a cancellation
        ["ShowSecret"] = [303, 403, 404, 409, 403, 403, 403],
        ["AskPage"] = [303, 403, 200, 200, 200, 200, 200],
        ["AskForAccess"] = [303, 403, 422, 422, 422, 422, 422], // an empty form
        ["ApprovalsPage"] = [303, 403, 200, 200, 200, 200, 200],
        ["DecideApprovals"] = [303, 403, 422, 422, 422, 422, 422], // nothing is ticked
        ["AccessGroupsPage"] = [303, 403, 200, 200, 200, 200, 200],
        ["AccessGroupPage"] = [303, 403, 200, 200, 404, 200, 200],
        ["EditAccessGroupPage"] = [303, 403, 403, 403, 403, 200, 403],
        ["EditAccessGroup"] = [303, 403, 403, 403, 403, 422, 403], // an empty form
        ["DeleteAccessGroupPage"] = [303, 403, 403, 403, 403, 200, 403],
        ["DeleteAccessGroupByForm"] = [303, 403, 403, 403, 403, 412, 403], // an empty form
        ["NewAccessGroupPage"] = [303, 403, 403, 403, 403, 200, 403],
        ["NewAccessGroup"] = [303, 403, 403, 403, 403, 422, 403], // an empty form
        ["AuditPage"] = [303, 403, 403, 403, 403, 200, 200],
        ["VerifyAudit"] = [303, 403, 403, 403, 403, 200, 200],
        ["AccessPage"] = [303, 403, 200, 200, 200, 200, 200],
        ["IdentityPage"] = [303, 403, 404, 404, 404, 404, 404], // there is no such identity
        ["LinkIdentityByForm"] = [303, 403, 403, 403, 403, 404, 403],
        ["IngestByForm"] = [303, 403, 403, 403, 403, 303, 403],
        ["ProfilePage"] = [303, 403, 200, 200, 200, 200, 200],
        ["LinkMySlack"] = [303, 403, 422, 422, 422, 422, 422], // Slack is not set up here
        ["SetMyStandIn"] = [303, 403, 422, 422, 422, 422, 422], // an empty form
    };

    /// <summary>What the token of SCIM gets where that is its credential; anywhere else it is a bad token.</summary>
    private static Dictionary<string, int> ByToken { get; } = new()
    {
        ["GetScimConfig"] = 200,
        ["ListScimResourceTypes"] = 200,
        ["GetScimResourceType"] = 404, // there is no x
        ["ListScimSchemas"] = 200,
        ["GetScimSchema"] = 404,
        ["ListScimUsers"] = 200,
        ["AddScimUser"] = 400, // an empty user
        ["GetScimUser"] = 404,
        ["PutScimUser"] = 404,
        ["PatchScimUser"] = 404,
        ["DeleteScimUser"] = 404,
        ["ListScimGroups"] = 200,
        ["AddScimGroup"] = 400, // an empty group
        ["GetScimGroup"] = 404,
        ["PutScimGroup"] = 404,
        ["PatchScimGroup"] = 404,
        ["DeleteScimGroup"] = 404,
        ["RecordingPage"] = 404, // its link alone finds a recording, and this is none
        ["RecordingMedia"] = 404,
    };

    [Fact]
    public async Task EveryRoute_AnswersEachKindOfCaller_AsTheTableSays()
    {
        Assert.Equal(ApiRoutes.All.Select(route => route.Name).Order(StringComparer.Ordinal), Expected.Keys.Order(StringComparer.Ordinal));
        await using var host = await EmbeddedScenarioHost.Start(new ManualTimeProvider(), platforms: """
              - name: pki
                type: certificates
                profiles: [{ name: analytics }]
              - name: ssh-prod
                type: ssh
                resources: [{ name: web, principal: "web-{role}" }]
            """, settings: new Dictionary<string, string?> { ["Scim:Tokens:0"] = ScimToken });
        using var provider = host.As(null);
        provider.DefaultRequestHeaders.Authorization = new("Bearer", ScimToken);
        var wrong = new StringBuilder();
        foreach (var route in ApiRoutes.All)
        {
            for (var i = 0; i < Callers.Length; i++)
            {
                var answer = await Call(host, route, Callers[i]);
                if ((int)answer.Status != Expected[route.Name][i])
                    wrong.AppendLine($"{route.Name} by \"{Callers[i]}\": {(int)answer.Status} instead of {Expected[route.Name][i]}. {answer.Body}");
            }

            if (route.Anonymous && route.Scheme != "scim") continue;
            var byToken = await provider.Call(new HttpMethod(route.Method), Path(route, "x"), route.Method is "GET" or "DELETE" ? null : new { });
            var expected = ByToken.GetValueOrDefault(route.Name, 401);
            if ((int)byToken.Status != expected) wrong.AppendLine($"{route.Name} by SCIM's token: {(int)byToken.Status} instead of {expected}. {byToken.Body}");
        }

        Assert.True(wrong.Length == 0, wrong.ToString());
    }

    private static async Task<Answer> Call(EmbeddedScenarioHost host, ApiRoute route, string caller)
    {
        var id = "";
        if (route.Template.Contains("/requests/{id}", StringComparison.Ordinal))
        {
            var asked = await host.As("alice").AskForSecret();
            id = asked.Id;
            if (route.Name is "RatifyEmergency" or "RevokeRequest" or "ReleaseRequest" or "ExtendRequest")
            {
                await host.As("alice").Do(id, "emergency", new { justification = "production is down" });
                await host.Becomes(host.As("alice"), id, "Active");
            }
        }
        else if (route.Template.Contains("/access-groups/", StringComparison.Ordinal))
        {
            id = World.Vault.Id;
        }
        else if (route.Template.StartsWith("/api/people/", StringComparison.Ordinal))
        {
            id = "bob";
        }

        else if (route.Template.Contains("/platforms/", StringComparison.Ordinal))
        {
            id = "vault";
        }
        else if (route.Template.Contains("/identities/", StringComparison.Ordinal) || route.Scheme is not null)
        {
            id = "x";
        }

        object? body = route.Name switch
        {
            "SubmitRequest" or "PreviewPolicy" => new { resources = new[] { "vault/db-admin" }, kind = "Credential", justification = "quarter-end check" },
            "ApproveRequest" => new { revision = 1 },
            "DenyRequest" => new { revision = 1, comment = "not now" },
            "DeclareEmergency" => new { justification = "production is down" },
            "RevokeRequest" => new { comment = "not needed" },
            "ExtendRequest" => new { end = host.Now.AddHours(2) },
            "RatifyEmergency" => new { verdict = "Ratified" },
            "DecideBatch" => new { decisions = new[] { new { id = "r-none", revision = 1, verdict = "Approve" } } },
            "PutAccessGroup" => new { id },
            "SetDelegate" => new { standIn = "ben", from = host.Now, until = host.Now.AddDays(1) },
            "AskQuestion" => new { question = "what can I ask for?" },
            "LinkIdentity" => new { person = "bob" },
            "LinkSlack" => new { slackUserId = "U0NEW" },
            "PlaceLegalHold" => new { reason = "case 7" },
            "SetRoles" => new { roles = new[] { "Reviewer" } },
            _ => route.RequestType is null ? null : new { },
        };
        return await host.As(caller.Length == 0 ? null : caller).Call(new HttpMethod(route.Method), Path(route, id), body);
    }

    private static string Path(ApiRoute route, string id) => route.Template.Replace("{id}", id, StringComparison.Ordinal).Replace("/assets/{name}", PageAssets.Style, StringComparison.Ordinal)
        .Replace("{action}", "cancel", StringComparison.Ordinal).Replace("{ca}", route.Name == "GetKeyRevocations" ? "ssh-prod" : "pki", StringComparison.Ordinal);
}
