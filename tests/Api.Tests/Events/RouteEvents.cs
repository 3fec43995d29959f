using System.Globalization;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Pages.Groups;
using AccessFunctions.Api.Tests.Support;
using AccessFunctions.Application.Inventory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using NSubstitute;

namespace AccessFunctions.Api.Tests.Events;

/// <summary>What a route leaves in the audit trail.</summary>
/// <param name="Event">The event of a call that is taken; null: the channel behind the route yields it, as the tests in <paramref name="Elsewhere"/> show.</param>
/// <param name="By">Who may.</param>
/// <param name="NotBy">Who may not, or whose call is refused for another reason; <see cref="RouteScene.Nobody"/>: no credential.</param>
/// <param name="Call">Makes the call as somebody.</param>
/// <param name="Elsewhere">Tests as <c>Class.Method</c>, each in a file named after its class.</param>
internal sealed record RouteEvent(string? Event, string By, string NotBy, Func<RouteScene, string, Task<Reply>> Call, IReadOnlyList<string>? Elsewhere = null);

/// <summary>
/// The one table of what each route leaves in the audit trail. A route that is in neither list fails <see cref="RouteEventTests"/>: say here
/// which event it yields, or that it only reads.
/// </summary>
internal static class RouteEvents
{
    /// <summary>These only read, and hand out nothing that leaves as a whole: no event, but where the reader is refused.</summary>
    public static IReadOnlyList<string> Reads { get; } =
    [
        "ListRequests", "GetRequest", "GetRequestAudit", "PreviewPolicy", "ListAccessGroups", "GetAccessGroup", "ListResources", "ListPlatforms", "GetPlatform", "ListPlatformResources",
        "ListDifferences", "ListIdentities", "ListAccess", "ListPeople", "ListAudit",
        "ListCheckpoints", "ShowReview", "ListDemoMail", "ShowDemoMail", "HealthLive", "HealthReady", "GetAuthority", "GetCertificateRevocations", "GetKeyRevocations", "GetProtectedResource", "GetAssistantsResource", "GetOpenApi", "ErrorsPage", "GetAsset", "SignInPage", "HomePage", "RequestsPage",
        "AuditPage", "AccessPage", "AccessGroupsPage", "AccessGroupPage", "EditAccessGroupPage", "DeleteAccessGroupPage", "NewAccessGroupPage", "RequestPage", "AskPage", "ApprovalsPage",
        "ProfilePage", "IdentityPage", "GetRetention", "ListLegalHolds", "RetentionPage",
        "GetScimConfig", "ListScimResourceTypes", "GetScimResourceType", "ListScimSchemas", "GetScimSchema", "ListScimUsers", "GetScimUser", "ListScimGroups", "GetScimGroup",
    ];

    private static readonly object Empty = new { };
    private static readonly object ScimUser = new { userName = "walter" };
    private static readonly object ScimGroup = new { displayName = "on call" };
    private static readonly string Identity = IdentityIds.Of(new PlatformIdentity("pg", "erin"));

    public static IReadOnlyDictionary<string, RouteEvent> Writes { get; } = new Dictionary<string, RouteEvent>
    {
        ["SubmitRequest"] = new(EventTypes.Request.Submitted, "alice", "bob", (scene, by) => scene.Send("POST", "/api/requests", by, TestApi.Ask())),
        ["ExportRequests"] = new(EventTypes.Host.RequestsExported, "alice", RouteScene.Nobody, (scene, by) => scene.Send("GET", "/api/requests.csv", by)),
        ["ApproveRequest"] = Signal(EventTypes.Request.Approved, "bob", "approve", new { revision = 1 }),
        ["DenyRequest"] = Signal(EventTypes.Request.Denied, "bob", "deny", new { revision = 1, comment = "no" }),
        ["CancelRequest"] = Signal(EventTypes.Request.Cancelled, "alice", "cancel", Empty),
        ["DeclareEmergency"] = Signal(EventTypes.Request.EmergencyDeclared, "alice", "emergency", new { justification = "the site is down" },
            scene => scene.Request(request => request with { Policy = request.Policy with { AllowEmergency = true } })),
        ["RevokeRequest"] = Signal(EventTypes.Request.Revoked, "bob", "revoke", new { comment = "no longer" }, scene => scene.Active()),
        ["ReleaseRequest"] = Signal(EventTypes.Request.Released, "alice", "release", Empty, scene => scene.Active()),
        ["ExtendRequest"] = new(EventTypes.Request.ExtensionAsked, "alice", "olga", async (scene, by) =>
        {
            var id = await scene.Active();
            var end = (await scene.Api.Requests.Find(id, default))!.Period.End.AddMinutes(30);
            return await scene.Send("POST", $"/api/requests/{id}/extend", by, new { end });
        }),
        ["RatifyEmergency"] = Signal(EventTypes.Request.EmergencyReviewed, "bob", "ratify", new { verdict = "Ratified" }, scene => scene.Active(emergency: true)),
        ["ConfirmDone"] = Signal(EventTypes.Grant.Fulfilled, "bob", "confirm-done", Empty, scene => scene.Active(GrantState.AwaitingFulfiller, Phase.Provisioning)),
        ["ConfirmRemoved"] = Signal(EventTypes.Grant.RemovalConfirmed, "bob", "confirm-removed", Empty, scene => scene.Active(GrantState.AwaitingRemoval, Phase.Revoking)),
        ["FetchSecret"] = Signal(EventTypes.Request.SecretLooked, "alice", "secret", Empty, scene => scene.Active()),
        ["RecordingPage"] = new(EventTypes.Request.RecordingViewed, "alice", "bob", async (scene, by) => await scene.Send("GET", await scene.Recording(), by)),
        ["RecordingMedia"] = new(EventTypes.Request.RecordingViewed, "alice", "bob", async (scene, by) => await scene.Send("GET", await scene.Recording() + "/media", by)),
        ["DecideBatch"] = new(EventTypes.Request.Approved, "bob", "olga", async (scene, by) =>
            await scene.Send("POST", "/api/decisions", by, new { decisions = new[] { new { id = await scene.Request(), revision = 1, verdict = "Approve" } } })),
        ["PutAccessGroup"] = new(EventTypes.Host.PolicySaved, "dave", "olga", (scene, by) => scene.Send("PUT", "/api/access-groups/analysts", by, Document(scene), IfMatch(scene))),
        ["DeleteAccessGroup"] = new(EventTypes.Host.PolicyDeleted, "dave", "olga", (scene, by) => scene.Send("DELETE", "/api/access-groups/analysts", by, null, IfMatch(scene))),
        ["SetDelegate"] = new(EventTypes.Host.DelegationChanged, "alice", "olga", (scene, by) => scene.Send("PUT", "/api/people/alice/delegate", by,
            new { standIn = "carol", from = scene.Api.Clock.GetUtcNow(), until = scene.Api.Clock.GetUtcNow().AddDays(1) })),
        ["ClearDelegate"] = new(EventTypes.Host.DelegationChanged, "alice", "olga", (scene, by) => scene.Send("DELETE", "/api/people/alice/delegate", by)),
        ["SetRoles"] = new(EventTypes.Host.RolesChanged, "dave", "olga", (scene, by) => scene.Send("PUT", "/api/people/erin/roles", by, new { roles = new[] { "Auditor" } })),
        ["LinkSlack"] = new(EventTypes.Host.SlackLinked, "dave", "olga", (scene, by) => scene.Send("PUT", "/api/people/erin/slack", by, new { slackUserId = "U0ERIN" })),
        ["UnlinkSlack"] = new(EventTypes.Host.SlackUnlinked, "dave", "olga", (scene, by) =>
        {
            scene.Api.People.Set("erin", erin => erin with { SlackUserId = "U0ERIN" });
            return scene.Send("DELETE", "/api/people/erin/slack", by);
        }),
        ["AskQuestion"] = new(EventTypes.Host.QuestionAsked, "alice", RouteScene.Nobody, (scene, by) => scene.Send("POST", "/api/ask", by, new { question = "what can I ask for?" })),
        ["ServeAssistants"] = new(EventTypes.Host.AssistantToolUsed, "alice", RouteScene.Nobody, (scene, by) => scene.Send("POST", "/mcp", by,
            new { jsonrpc = "2.0", id = 1, method = "tools/call", @params = new { name = "list_resources", arguments = Empty } }, ("Accept", "application/json, text/event-stream"))),
        ["IngestPlatform"] = new(EventTypes.Host.InventoryAsked, "dave", "olga", (scene, by) => scene.Send("POST", "/api/platforms/pg/ingest", by)),
        ["LinkIdentity"] = new(EventTypes.Host.IdentityLinked, "dave", "olga", (scene, by) => scene.Send("PUT", $"/api/identities/{Identity}/link", by, new { person = "carol" })),
        ["UnlinkIdentity"] = new(EventTypes.Host.IdentityUnlinked, "dave", "olga", (scene, by) => scene.Send("DELETE", $"/api/identities/{Identity}/link", by)),
        ["IngestByForm"] = new(EventTypes.Host.InventoryAsked, "dave", "olga", (scene, by) => scene.Post("/access/platforms/pg/ingest", by)),
        ["LinkIdentityByForm"] = new(EventTypes.Host.IdentityLinked, "dave", "olga", (scene, by) => scene.Post($"/access/identities/{Identity}", by, ("person", "carol"))),
        ["PlaceLegalHold"] = new(EventTypes.Host.HoldPlaced, "erin", "olga", (scene, by) => Held(scene, by, (id, who) => scene.Send("PUT", $"/api/requests/{id}/legal-hold", who, new { reason = "case 7" }))),
        ["LiftLegalHold"] = new(EventTypes.Host.HoldLifted, "dave", "erin", (scene, by) => Held(scene, by, (id, who) => scene.Send("DELETE", $"/api/requests/{id}/legal-hold", who))),
        ["HoldRequest"] = new(EventTypes.Host.HoldPlaced, "erin", "olga", (scene, by) => Held(scene, by, (id, who) => scene.Post($"/requests/{id}/legal-hold", who, ("hold-reason", "case 7")))),
        ["PseudonymisePerson"] = new(EventTypes.Host.Pseudonymised, "dave", "erin", (scene, by) => Pseudonymised(scene, () => scene.Send("POST", "/api/people/alice/pseudonymise", by))),
        ["PseudonymisePersonByForm"] = new(EventTypes.Host.Pseudonymised, "dave", "erin", (scene, by) => Pseudonymised(scene, () => scene.Post("/audit/retention", by, ("person", "alice")))),
        ["ExportDecisions"] = new(EventTypes.Host.RequestsExported, "alice", RouteScene.Nobody, (scene, by) => scene.Send("GET", "/api/decisions.csv", by)),
        ["ExportAuditTable"] = new(EventTypes.Host.AuditExported, "erin", "olga", (scene, by) => scene.Send("GET", "/api/audit.csv", by)),
        ["ExportAudit"] = new(EventTypes.Host.AuditExported, "erin", "olga", (scene, by) => scene.Send("GET", "/api/audit/export", by)),
        ["DecideReview"] = new(EventTypes.Request.Approved, "bob", "olga", async (scene, by) =>
            (await scene.Api.Decide(scene.Api.Link(await scene.Request(), by == "olga" ? "bob" : by), by == "olga" ? "deny" : "approve")).Reply),
        ["SlackEvents"] = new(null, "", RouteScene.Nobody, (scene, by) => scene.Send("POST", "/api/slack/events", by, "{}"),
            ["SlackScenarios.Reactions_OfBothLevels_ApproveTheRequest_AndTheMessagesSayByWhom", "SlackInboxTests.AReaction_ThatCannotBeDecidedForAWeek_IsGivenUp_AndTheAuditTrailSaysSo"]),
        ["PostMail"] = new(null, "", RouteScene.Nobody, (scene, by) => scene.Send("POST", "/api/mail/inbound", by, "{}"),
            ["MailRepliesTests.Approve_Counts_WithTheCommentAndTheChannel_AndIsConfirmed", "MailRepliesTests.WhatDoesNotAgree_ChangesNothing_IsAudited_AndAnsweredOnceWhereItIsSafe"]),
        ["AddScimUser"] = new(EventTypes.Host.PersonAdded, SystemActors.Scim, RouteScene.Nobody, (scene, by) => scene.Scim("POST", "/Users", by, ScimUser)),
        ["PutScimUser"] = new(EventTypes.Host.PersonChanged, SystemActors.Scim, RouteScene.Nobody, async (scene, by) =>
            await scene.Scim("PUT", $"/Users/{await scene.ScimId("/Users", ScimUser)}", by, new { userName = "walter", displayName = "Walter W." })),
        ["PatchScimUser"] = new(EventTypes.Host.PersonLeft, SystemActors.Scim, RouteScene.Nobody, async (scene, by) =>
            await scene.Scim("PATCH", $"/Users/{await scene.ScimId("/Users", ScimUser)}", by, new { Operations = new[] { new { op = "replace", path = "active", value = false } } })),
        ["DeleteScimUser"] = new(EventTypes.Host.PersonDeleted, SystemActors.Scim, RouteScene.Nobody, async (scene, by) => await scene.Scim("DELETE", $"/Users/{await scene.ScimId("/Users", ScimUser)}", by)),
        ["AddScimGroup"] = new(EventTypes.Host.GroupAdded, SystemActors.Scim, RouteScene.Nobody, (scene, by) => scene.Scim("POST", "/Groups", by, ScimGroup)),
        ["PutScimGroup"] = new(EventTypes.Host.GroupChanged, SystemActors.Scim, RouteScene.Nobody, async (scene, by) =>
            await scene.Scim("PUT", $"/Groups/{await scene.ScimId("/Groups", ScimGroup)}", by, new { displayName = "night shift" })),
        ["PatchScimGroup"] = new(EventTypes.Host.GroupChanged, SystemActors.Scim, RouteScene.Nobody, async (scene, by) =>
            await scene.Scim("PATCH", $"/Groups/{await scene.ScimId("/Groups", ScimGroup)}", by, new { Operations = new[] { new { op = "replace", path = "displayName", value = "night shift" } } })),
        ["DeleteScimGroup"] = new(EventTypes.Host.GroupDeleted, SystemActors.Scim, RouteScene.Nobody, async (scene, by) => await scene.Scim("DELETE", $"/Groups/{await scene.ScimId("/Groups", ScimGroup)}", by)),
        ["ReplyToDemoMail"] = new(null, "", RouteScene.Nobody, (scene, by) => scene.Post("/demo/mail/m-1", by, ("words", "APPROVE")),
            ["DemoMailTests.Story_ByALinkThenByAReply_GivesAccess"]),
        ["SignInAsPerson"] = new(EventTypes.Host.SignInSucceeded, "bob", RouteScene.Nobody, SignIn),
        ["SignInCallback"] = new(null, "", RouteScene.Nobody, (scene, by) => scene.Send("GET", "/signin/callback?state=x&code=y", by),
            ["BrowserSignInTests.SignInAndOut_AreAudited_WithoutAnythingThatSignsIn"]),
        ["SignOut"] = new(EventTypes.Host.SignedOut, "bob", RouteScene.Nobody, SignOut),
        ["VerifyAudit"] = new(EventTypes.Host.AuditVerified, "erin", "olga", (scene, by) => scene.Post("/audit/verify", by)),
        ["EditAccessGroup"] = new(EventTypes.Host.PolicySaved, "dave", "olga", (scene, by) =>
        {
            var (text, version) = (GroupText(scene), Version(scene));
            return scene.Post("/access-groups/analysts/edit", by, ("document", text), ("version", version), ("checked", GroupDocuments.Name(text, version)), ("step", "save"));
        }),
        ["DeleteAccessGroupByForm"] = new(EventTypes.Host.PolicyDeleted, "dave", "olga", (scene, by) => scene.Post("/access-groups/analysts/delete", by, ("version", Version(scene)))),
        ["NewAccessGroup"] = new(EventTypes.Host.PolicySaved, "dave", "olga", (scene, by) =>
        {
            var text = GroupText(scene).Replace("analysts", "others", StringComparison.Ordinal);
            return scene.Post("/new-access-group", by, ("id", "others"), ("document", text), ("checked", GroupDocuments.Name(text, "others")), ("step", "save"));
        }),
        ["ActOnRequest"] = new(EventTypes.Request.Approved, "bob", "alice", async (scene, by) => await scene.Post($"/requests/{await scene.Request()}/approve", by, ("revision", "1"))),
        ["ShowSecret"] = new(EventTypes.Request.SecretLooked, "alice", "bob", async (scene, by) => await scene.Post($"/requests/{await scene.Active()}/secret", by)),
        ["AskForAccess"] = new(EventTypes.Request.Submitted, "alice", "bob", (scene, by) =>
            scene.Post("/request", by, ("step", "submit"), ("resource", "pg/sales"), ("kind", "Role"), ("role", "reader"), ("justification", "quarter-end"))),
        ["DecideApprovals"] = new(EventTypes.Request.Approved, "bob", "olga", async (scene, by) => await scene.Post("/approvals", by, ("pick", $"1:{await scene.Request()}"), ("verdict", "approve"))),
        ["SetMyStandIn"] = new(EventTypes.Host.DelegationChanged, "alice", "carol", (scene, by) => scene.Post("/profile/stand-in", by, ("standIn", "carol"),
            ("until", scene.Api.Clock.GetUtcNow().AddDays(1).ToString("yyyy-MM-ddTHH:mm", CultureInfo.InvariantCulture)))),
        ["LinkMySlack"] = new(EventTypes.Host.SlackLinkAsked, "alice", RouteScene.Nobody, (scene, by) => scene.Post("/profile/slack", by, ("slackUser", "U0ALICE"))),
    };

    private static RouteEvent Signal(string type, string by, string action, object body, Func<RouteScene, Task<string>>? given = null) =>
        new(type, by, "olga", async (scene, who) => await scene.Send("POST", $"/api/requests/{await (given?.Invoke(scene) ?? scene.Request())}/{action}", who, body));

    private static async Task<Reply> Held(RouteScene scene, string by, Func<string, string, Task<Reply>> call)
    {
        scene.Api.Holds.Place(default!, default).ReturnsForAnyArgs(true);
        scene.Api.Holds.Lift(default!, default).ReturnsForAnyArgs(true);
        scene.Api.Holds.Find(default!, default).ReturnsForAnyArgs(new LegalHold("r-1", "case 7", "erin", scene.Api.Clock.GetUtcNow()));
        return await call(await scene.Request(), by);
    }

    /// <summary>The store has one stream of hers, and chains the event that it is given.</summary>
    private static Task<Reply> Pseudonymised(RouteScene scene, Func<Task<Reply>> call)
    {
        var standing = new StreamStanding
        {
            Stream = "r-1",
            RequestId = "r-1",
            EndedAt = scene.Api.Clock.GetUtcNow(),
            Held = false,
            Checkpointed = true,
            Delivered = true,
            Sound = true,
            Hashes = [],
            NewestAt = scene.Api.Clock.GetUtcNow(),
            Version = "1",
        };
        scene.Api.Retention.Of("alice", default).ReturnsForAnyArgs(_ => new[] { "r-1" }.ToAsyncEnumerable());
        scene.Api.Retention.Look("r-1", default).ReturnsForAnyArgs(standing);
        scene.Api.Retention.Pseudonymise(default!, default, default!, default!, default).ReturnsForAnyArgs(one =>
        {
            scene.Api.AuditTrail.Add(one.Arg<AuditEvent>());
            return 1;
        });
        return call();
    }

    private static async Task<Reply> SignIn(RouteScene scene, string by) => by.Length > 0
        ? await new TestBrowser(scene.Api).SignIn(by)
        : await scene.Post("/signin", by, ("person", "bob"));

    private static async Task<Reply> SignOut(RouteScene scene, string by)
    {
        var browser = new TestBrowser(scene.Api);
        await browser.SignIn("bob");
        var ticket = await browser.Ticket();
        scene.Mark();
        return await browser.Post("/signout", new Dictionary<string, string> { [PostForm.FieldName] = by.Length > 0 ? ticket : "another" });
    }

    private static string Version(RouteScene scene) => scene.Api.Groups.Find("analysts")!.Version;

    private static (string, string) IfMatch(RouteScene scene) => ("If-Match", $"\"{Version(scene)}\"");

    private static string GroupText(RouteScene scene) => GroupDocuments.Text(scene.Api.Groups.Find("analysts")!.Group);

    private static string Document(RouteScene scene) => GroupText(scene);
}
