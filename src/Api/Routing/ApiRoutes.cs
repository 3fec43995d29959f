using AccessFunctions.Api.Assistants;
using AccessFunctions.Api.Demo;
using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Pages.Asking;
using AccessFunctions.Api.Pages.Auditing;
using AccessFunctions.Api.Pages.Board;
using AccessFunctions.Api.Pages.Deciding;
using AccessFunctions.Api.Pages.Groups;
using AccessFunctions.Api.Pages.Holding;
using AccessFunctions.Api.Pages.Keeping;
using AccessFunctions.Api.Pages.Mine;
using AccessFunctions.Api.Pages.One;
using AccessFunctions.Api.Pages.Profile;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Recordings;
using AccessFunctions.Api.Reviewing;
using AccessFunctions.Api.Scim;
using AccessFunctions.Api.Sessions;
using AccessFunctions.Api.Views;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Retention;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Routing;

/// <summary>
/// The route table that both hosts serve (design, section 10). On Kestrel: <c>app.Run(pipeline.Serve)</c>, nothing else to map. A host
/// with its own routing maps each entry and calls <see cref="Pipeline.RequestPipeline.Run"/> with it.
/// </summary>
public static class ApiRoutes
{
    /// <summary>A document as long as the API takes it, with every third byte escaped into three.</summary>
    private const int DocumentForm = 2 * BodyReader.Limit;

    private static readonly IReadOnlyList<string> Administrators = [Roles.Admin];
    private static readonly IReadOnlyList<string> Overseers = [Roles.Admin, Roles.Auditor];

    private static readonly IReadOnlyDictionary<int, string> ToSignIn = new Dictionary<int, string> { [StatusCodes.Status303SeeOther] = "To the sign-in, for who is not signed in." };
    private static readonly IReadOnlyDictionary<int, string> SeeOther = new Dictionary<int, string> { [StatusCodes.Status303SeeOther] = "Done: look at `Location`." };

    /// <summary>Every route.</summary>
    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        new()
        {
            Name = RequestHandlers.SubmitName, Method = "POST", Template = "/api/requests", RequestType = typeof(Ask),
            ResponseType = typeof(RequestView),
            SuccessStatus = StatusCodes.Status201Created, Signals = true, Summary = "Asks for access.", Handler = RequestHandlers.Submit,
        },
        new()
        {
            Name = "ListRequests", Method = "GET", Template = "/api/requests", ResponseType = typeof(ListView<RequestView>),
            Query = [.. RequestFilters.Parameters, .. QueryReader.Paging], Summary = "Requests the caller may see, newest first.",
            Handler = RequestHandlers.List,
        },
        new()
        {
            Name = "ExportRequests", Method = "GET", Template = "/api/requests.csv", ResponseContentType = "text/csv",
            Query = RequestCsv.Parameters, Summary = "The same as CSV, whole.", Handler = RequestCsv.Export,
        },
        new()
        {
            Name = "GetRequest", Method = "GET", Template = "/api/requests/{id}", ResponseType = typeof(RequestView),
            Summary = "One request.", Handler = RequestHandlers.Find,
        },
        Signal<ApproveBody>("ApproveRequest", "approve", "Approves, perhaps with another period, role or identity.", RequestHandlers.Approve),
        Signal<DenyBody>("DenyRequest", "deny", "Denies, with a comment.", RequestHandlers.Deny),
        Signal<NoBody>("CancelRequest", "cancel", "Withdraws an open request.", RequestHandlers.Cancel),
        Signal<EmergencyBody>("DeclareEmergency", "emergency", "Skips approval, with a second justification.", RequestHandlers.Emergency),
        Signal<RevokeBody>("RevokeRequest", "revoke", "Takes access away before its end, with a comment.", RequestHandlers.Revoke),
        Signal<NoBody>("ReleaseRequest", "release", "Gives access back before its end.", RequestHandlers.Release),
        Signal<ExtendBody>("ExtendRequest", "extend", "Asks for a later end of active access.", RequestHandlers.Extend),
        Signal<RatifyBody>("RatifyEmergency", "ratify", "Reviews an emergency after the fact.", RequestHandlers.Ratify),
        Signal<ConfirmBody>("ConfirmDone", "confirm-done", "A fulfiller confirms that access was given by hand.", RequestHandlers.ConfirmDone),
        Signal<ConfirmBody>("ConfirmRemoved", "confirm-removed",
            "A named person confirms a removal that no machine can prove.", RequestHandlers.ConfirmRemoved),
        Signal<SecretBody>("FetchSecret", "secret",
            "The secret of a live grant, for the requester; each look is audited.", RequestHandlers.Secret) with { ResponseType = typeof(SecretView), EachCallCounts = true },
        new()
        {
            Name = "GetRequestAudit", Method = "GET", Template = "/api/requests/{id}/audit", ResponseType = typeof(ListView<AuditView>),
            Summary = "The request's audit chain.", Handler = AuditHandlers.OfRequest,
        },
        new()
        {
            Name = "DecideBatch", Method = "POST", Template = "/api/decisions", RequestType = typeof(DecisionsBody),
            ResponseType = typeof(ListView<DecisionResult>),
            Summary = "Decides several requests, each answered by itself.", Handler = DecisionHandlers.Decide,
        },
        new()
        {
            Name = "ExportDecisions", Method = "GET", Template = "/api/decisions.csv", ResponseContentType = "text/csv",
            Query = PastDecisions.Parameters, Summary = "What the caller decided, when and through which channel, as CSV, newest first.", Handler = PastDecisions.Export,
        },
        new()
        {
            Name = "PreviewPolicy", Method = "POST", Template = "/api/policy/preview", RequestType = typeof(Ask), ResponseType = typeof(PreviewView),
            Summary = "Which rule would apply to an ask, and why; stores nothing.", Handler = RequestHandlers.Preview,
        },
        new()
        {
            Name = "ListAccessGroups", Method = "GET", Template = "/api/access-groups", ResponseType = typeof(GroupList),
            Headers = GroupHandlers.ReadHeaders, OtherAnswers = GroupHandlers.ReadAnswers,
            Summary = "Access groups the caller may read.", Handler = GroupHandlers.List,
        },
        new()
        {
            Name = "GetAccessGroup", Method = "GET", Template = "/api/access-groups/{id}", ResponseType = typeof(AccessGroup),
            Headers = GroupHandlers.ReadHeaders, OtherAnswers = GroupHandlers.ReadAnswers,
            Summary = "One access group, with its ETag.", Handler = GroupHandlers.Find,
        },
        new()
        {
            Name = "PutAccessGroup", Method = "PUT", Template = "/api/access-groups/{id}", Roles = Administrators,
            RequestType = typeof(AccessGroup), DomainForm = true,
            ResponseType = typeof(AccessGroup), Headers = GroupHandlers.PutHeaders, OtherAnswers = GroupHandlers.PutAnswers,
            Summary = "Replaces an access group, or creates it (201).",
            Handler = GroupHandlers.Put,
        },
        new()
        {
            Name = "DeleteAccessGroup", Method = "DELETE", Template = "/api/access-groups/{id}", Roles = Administrators,
            SuccessStatus = StatusCodes.Status204NoContent,
            Headers = GroupHandlers.DeleteHeaders, Summary = "Deletes an access group; requests made under it keep their copy.",
            Handler = GroupHandlers.Delete,
        },
        new()
        {
            Name = "ListResources", Method = "GET", Template = "/api/resources", ResponseType = typeof(ResourceList),
            Query = PlatformHandlers.Parameters,
            Summary = "What the caller may ask for.", Handler = PlatformHandlers.Resources,
        },
        new()
        {
            Name = "ListPlatforms", Method = "GET", Template = "/api/platforms", ResponseType = typeof(ListView<PlatformView>),
            Summary = "The connected systems.", Handler = PlatformHandlers.Platforms,
        },
        new()
        {
            Name = "GetPlatform", Method = "GET", Template = "/api/platforms/{id}", ResponseType = typeof(PlatformView),
            Summary = "One connected system; for administrators and auditors how far ingesting it got.", Handler = PlatformHandlers.Platform,
        },
        new()
        {
            Name = "IngestPlatform", Method = "POST", Template = "/api/platforms/{id}/ingest", Roles = Administrators, RequestType = typeof(NoBody), BodyOptional = true,
            ResponseType = typeof(PlatformView), SuccessStatus = StatusCodes.Status202Accepted,
            Summary = "Reads soon what a platform holds; `Location` tells how far it got.", Handler = PlatformHandlers.Ingest,
        },
        new()
        {
            Name = "ListPlatformResources", Method = "GET", Template = "/api/platforms/{id}/resources", Roles = Overseers, ResponseType = typeof(ListView<FoundResourceView>),
            Query = PlatformHandlers.FoundParameters, Summary = "Resources that were found on a platform.", Handler = PlatformHandlers.Found,
        },
        new()
        {
            Name = "ListDifferences", Method = "GET", Template = "/api/differences", Roles = Overseers, ResponseType = typeof(ListView<DifferenceView>), Query = PlatformHandlers.DifferenceParameters,
            Summary = "How platforms differ from what was given here: access that vanished, that is back, and that nobody gave.", Handler = PlatformHandlers.Differences,
        },
        new()
        {
            Name = "ListIdentities", Method = "GET", Template = "/api/identities", ResponseType = typeof(ListView<IdentityView>), Query = InventoryHandlers.IdentityParameters,
            Summary = "Identities on platforms: the caller's own; for administrators and auditors all.", Handler = InventoryHandlers.Identities,
        },
        new()
        {
            Name = "LinkIdentity", Method = "PUT", Template = "/api/identities/{id}/link", Roles = Administrators, RequestType = typeof(IdentityLinkBody), ResponseType = typeof(IdentityView),
            Summary = "Makes an identity a person's, also against the configuration.", Handler = InventoryHandlers.Link,
        },
        new()
        {
            Name = "UnlinkIdentity", Method = "DELETE", Template = "/api/identities/{id}/link", Roles = Administrators, SuccessStatus = StatusCodes.Status204NoContent,
            Summary = "Makes an identity nobody's, also where the configuration names somebody.", Handler = InventoryHandlers.Unlink,
        },
        new()
        {
            Name = "ListAccess", Method = "GET", Template = "/api/access", ResponseType = typeof(ListView<AccessView>), Query = InventoryHandlers.AccessParameters,
            Summary = "Who has access to what, and through what: the caller's own; for administrators and auditors everybody's.", Handler = InventoryHandlers.Access,
        },
        new()
        {
            Name = "AskQuestion", Method = "POST", Template = "/api/ask", RequestType = typeof(QuestionBody), ResponseType = typeof(AnswerView), EachCallCounts = true,
            Summary = "Answers a question in plain words from what the caller may see; changes nothing.", Handler = QuestionHandlers.Ask,
        },
        new()
        {
            Name = "ServeAssistants", Method = "POST", Template = "/mcp", MetadataPath = ProtectedResource.AssistantsPath, BodyTypes = ["application/json"], EachCallCounts = true, ResponseContentType = "text/event-stream", Headers = McpHandlers.Headers,
            OtherAnswers = new Dictionary<int, string> { [StatusCodes.Status202Accepted] = "A notification was taken; there is nothing to answer." },
            Summary = "The Model Context Protocol for assistants, without sessions: tools that read what the caller may see.", Handler = McpHandlers.Serve,
        },
        new()
        {
            Name = "GetProtectedResource", Method = "GET", Template = ProtectedResource.Path, Anonymous = true, ResponseType = typeof(ProtectedResourceView),
            Summary = "Whose access tokens are taken here (RFC 9728).", Handler = ProtectedResource.Everything,
        },
        new()
        {
            Name = "GetAssistantsResource", Method = "GET", Template = ProtectedResource.AssistantsPath, Anonymous = true, ResponseType = typeof(ProtectedResourceView),
            Summary = "Whose access tokens assistants bring (RFC 9728).", Handler = ProtectedResource.Assistants,
        },
        new()
        {
            Name = "ListPeople", Method = "GET", Template = "/api/people", ResponseType = typeof(ListView<PersonView>),
            Query = PeopleHandlers.Parameters,
            Summary = "The directory; more than names for administrators and auditors.", Handler = PeopleHandlers.List,
        },
        new()
        {
            Name = "SetDelegate", Method = "PUT", Template = "/api/people/{id}/delegate", RequestType = typeof(DelegateBody),
            ResponseType = typeof(PersonView),
            Summary = "Names a stand-in; that person or an administrator.", Handler = PeopleHandlers.SetDelegate,
        },
        new()
        {
            Name = "ClearDelegate", Method = "DELETE", Template = "/api/people/{id}/delegate", SuccessStatus = StatusCodes.Status204NoContent,
            Summary = "Clears the stand-in; that person or an administrator.", Handler = PeopleHandlers.ClearDelegate,
        },
        new()
        {
            Name = "SetRoles", Method = "PUT", Template = "/api/people/{id}/roles", Roles = Administrators, RequestType = typeof(RolesBody),
            ResponseType = typeof(PersonView),
            Summary = "Replaces a person's product roles.", Handler = PeopleHandlers.SetRoles,
        },
        new()
        {
            Name = "LinkSlack", Method = "PUT", Template = "/api/people/{id}/slack", Roles = Administrators, RequestType = typeof(SlackUserBody),
            ResponseType = typeof(PersonView),
            Summary = "Links a Slack user to a person, whose reactions then count as theirs.", Handler = PeopleHandlers.LinkSlack,
        },
        new()
        {
            Name = "UnlinkSlack", Method = "DELETE", Template = "/api/people/{id}/slack", Roles = Administrators, SuccessStatus = StatusCodes.Status204NoContent,
            Summary = "Removes the link of a person's Slack user, also a configured one.", Handler = PeopleHandlers.UnlinkSlack,
        },
        new()
        {
            Name = "ListAudit", Method = "GET", Template = "/api/audit", Roles = Overseers, ResponseType = typeof(ListView<AuditView>),
            Query = AuditHandlers.Parameters,
            Summary = "The audit trail, newest first.", Handler = AuditHandlers.List,
        },
        new()
        {
            Name = "ExportAuditTable", Method = "GET", Template = "/api/audit.csv", Roles = Overseers, ResponseContentType = "text/csv",
            Query = AuditCsv.Parameters, Summary = "The audit trail as CSV, newest first, for people.", Handler = AuditCsv.Export,
        },
        new()
        {
            Name = "ListCheckpoints", Method = "GET", Template = "/api/audit/checkpoints", Roles = Overseers, ResponseType = typeof(ListView<Checkpoint>),
            Summary = "Checkpoints of the audit trail, in order.", Handler = AuditHandlers.Checkpoints,
        },
        new()
        {
            Name = "ExportAudit", Method = "GET", Template = "/api/audit/export", Roles = Overseers, ResponseContentType = "application/x-ndjson",
            Summary = "The whole audit trail in lines, for verification offline.", Handler = AuditHandlers.Export,
        },
        new()
        {
            Name = "GetRetention", Method = "GET", Template = "/api/retention", Roles = Overseers, ResponseType = typeof(RetentionView),
            Summary = "How long things are kept, and what the last run came to.", Handler = RetentionHandlers.Show,
        },
        new()
        {
            Name = "ListLegalHolds", Method = "GET", Template = "/api/legal-holds", Roles = Overseers, ResponseType = typeof(ListView<LegalHoldView>),
            Summary = "Requests that are kept whatever their keeping time.", Handler = RetentionHandlers.Holds,
        },
        new()
        {
            Name = "PlaceLegalHold", Method = "PUT", Template = "/api/requests/{id}/legal-hold", Roles = Overseers, RequestType = typeof(LegalHoldBody), ResponseType = typeof(LegalHoldView),
            Summary = "Puts a request under legal hold: it is not purged, and keeps its words and names.", Handler = RetentionHandlers.Hold,
        },
        new()
        {
            Name = "LiftLegalHold", Method = "DELETE", Template = "/api/requests/{id}/legal-hold", Roles = Administrators, SuccessStatus = StatusCodes.Status204NoContent,
            Summary = "Lifts the legal hold of a request.", Handler = RetentionHandlers.Lift,
        },
        new()
        {
            Name = "PseudonymisePerson", Method = "POST", Template = "/api/people/{id}/pseudonymise", Roles = Administrators, RequestType = typeof(NoBody), BodyOptional = true,
            ResponseType = typeof(PersonPseudonymised),
            Summary = "Deletes the words, names and addresses of a person's finished requests, and of all else that they did; their id stays.", Handler = RetentionHandlers.Pseudonymise,
        },
        Review("GET", "ShowReview", "The page behind a link in a mail; opening it changes nothing.", ReviewHandlers.Show),
        Review("POST", "DecideReview", "Decides by the form of that page.", ReviewHandlers.Decide) with { Form = ReviewInput.Fields, EachCallCounts = true },
        new()
        {
            Name = "SlackEvents", Method = "POST", Template = "/api/slack/events", Channel = Channel.SlackReaction, Anonymous = true, EachCallCounts = true, Headers = SlackHandlers.Headers,
            Summary = "Takes reactions to messages in Slack, signed by Slack's Events API.", Handler = SlackHandlers.Events,
        },
        new()
        {
            Name = "PostMail", Method = "POST", Template = "/api/mail/inbound", Channel = Channel.EmailReply, Anonymous = true, EachCallCounts = true, ResponseType = typeof(MailView),
            Headers = MailHandlers.Headers, BodyTypes = MailHandlers.BodyTypes,
            Summary = "A mail gateway hands over a reply; signed.", Handler = MailHandlers.Post,
        },
        .. ScimRoutes.All,
        DemoMail("GET", "ListDemoMail", "", "The mailboxes of a demo; elsewhere there is no such address.", DemoMailHandlers.List) with
        {
            Query = [new QueryParameter("to", typeof(string), "Only mails to this address.")],
        },
        DemoMail("GET", "ShowDemoMail", "/{name}", "A mail of a demo.", DemoMailHandlers.Show),
        DemoMail("POST", "ReplyToDemoMail", "/{name}", "Replies to a mail of a demo as its reader.", DemoMailHandlers.Reply) with
        {
            Form = [new FormField(DemoMailHandlers.TicketField, "What the page gave.", Required: true), new FormField(DemoMailHandlers.WordsField, "What the reader writes above the quoted mail.", Required: true)],
            EachCallCounts = true,
        },
        new()
        {
            Name = "HealthLive", Method = "GET", Template = "/health/live", Anonymous = true, ResponseType = typeof(HealthView),
            Summary = "The process is there.", Handler = HealthHandlers.Live,
        },
        new()
        {
            Name = "HealthReady", Method = "GET", Template = "/health/ready", Anonymous = true, ResponseType = typeof(HealthView),
            Summary = "It can serve (200), or cannot (503).", Handler = HealthHandlers.Ready,
        },
        Recording("RecordingPage", RecordingHandlers.Template, "A recording, for the person whose link it is. A page.", RecordingHandlers.Show) with { Page = true, ResponseContentType = "text/html" },
        Recording("RecordingMedia", RecordingHandlers.MediaTemplate, "The bytes of that recording; parts of them by `Range`.", RecordingHandlers.Play) with
        {
            Headers = [new QueryParameter("Range", typeof(string), "One range of bytes."), new QueryParameter("If-Range", typeof(string), "The `ETag` or date of what the caller has.")],
            OtherAnswers = new Dictionary<int, string>(RecordingHandlers.Answers)
            {
                [StatusCodes.Status206PartialContent] = "The part that was asked for.",
                [StatusCodes.Status416RangeNotSatisfiable] = "There is no such part.",
            },
        },
        Published("GetAuthority", "/ca/{ca}", "*/*", "Whom servers have to trust: the certificate of a certificate authority, or the public key of one for SSH.", PublicationHandlers.Authority),
        Published("GetCertificateRevocations", "/crl/{ca}", "application/pkix-crl", "The certificates that an authority revoked (RFC 5280, DER).", PublicationHandlers.Certificates),
        Published("GetKeyRevocations", "/krl/{ca}", "application/octet-stream", "The SSH certificates that an authority revoked (OpenSSH's PROTOCOL.krl).", PublicationHandlers.Keys),
        new()
        {
            Name = "GetOpenApi", Method = "GET", Template = "/openapi.json", Anonymous = true,
            Summary = "This description.", Handler = PageHandlers.OpenApi,
        },
        new()
        {
            Name = "ErrorsPage", Method = "GET", Template = "/errors", Anonymous = true, ResponseContentType = "text/html",
            Summary = "What the problem types mean.", Handler = PageHandlers.Errors,
        },
        new()
        {
            Name = "GetAsset", Method = "GET", Template = "/assets/{name}", Anonymous = true, ResponseContentType = "*/*",
            Summary = "A style, script or icon that pages load; its name changes with its content.", Handler = AssetHandlers.Find,
        },
        new()
        {
            Name = "SignInPage", Method = "GET", Template = SignInHandlers.Path, Anonymous = true, Page = true, ResponseContentType = "text/html",
            Query = SignInHandlers.Parameters, OtherAnswers = SeeOther, Summary = "Where people sign in with a browser. A page.", Handler = SignInHandlers.Show,
        },
        new()
        {
            Name = "SignInAsPerson", Method = "POST", Template = SignInHandlers.Path, Anonymous = true, Page = true, EachCallCounts = true, ResponseContentType = "text/html",
            Form = SignInHandlers.PersonFields, OtherAnswers = SeeOther, Summary = "Signs in as a person of a demo; only there.", Handler = SignInHandlers.Choose,
        },
        new()
        {
            Name = "SignInCallback", Method = "GET", Template = SignInHandlers.CallbackPath, Anonymous = true, Page = true, ResponseContentType = "text/html",
            OtherAnswers = SeeOther, Summary = "Where the provider sends the browser back to.", Handler = SignInHandlers.Return,
        },
        new()
        {
            Name = "SignOut", Method = "POST", Template = SignInHandlers.OutPath, Anonymous = true, Page = true, EachCallCounts = true, ResponseContentType = "text/html",
            Form = SignInHandlers.OutFields, OtherAnswers = SeeOther, Summary = "Ends the browser's session.", Handler = SignInHandlers.Leave,
        },
        Page("HomePage", "/", "The caller's own requests.", MyRequestsHandlers.Show) with { Query = MyRequestsHandlers.Parameters },
        Page("RequestsPage", "/requests", "The requests the caller may see, in numbers and as a list.", RequestsHandlers.Show) with { Query = RequestsHandlers.Parameters },
        Page("AuditPage", "/audit", "The audit trail, and who approved and denied how often.", AuditPages.Show) with { Roles = Overseers, Query = AuditPages.Parameters },
        Page("VerifyAudit", "/audit/verify", "Verifies the whole audit trail.", AuditPages.Verify) with
        {
            Method = "POST", Roles = Overseers, Form = [new FormField(PostForm.FieldName, "The field that the page gives.")], EachCallCounts = true,
        },
        Page("RetentionPage", RetentionPages.Path, "How long things are kept, and what is held.", RetentionPages.Show) with { Roles = Overseers },
        PageForm("PseudonymisePersonByForm", RetentionPages.Path, "Deletes a person's words, names and addresses.", RetentionPages.Pseudonymise, RetentionPages.PersonFields) with
        {
            Roles = Administrators, SuccessStatus = StatusCodes.Status200OK, EachCallCounts = true,
        },
        Page("AccessPage", "/access", "Who has access to what right now; the caller's own for all but administrators and auditors.", AccessPages.Show) with { Query = AccessPages.Parameters },
        Page("IdentityPage", "/access/identities/{id}", "One identity on a platform.", IdentityPages.One) with { Query = IdentityPages.Parameters },
        PageForm("LinkIdentityByForm", "/access/identities/{id}", "Makes an identity a person's, or nobody's, by the form of that page.", IdentityPages.Link, IdentityPages.Fields) with { Roles = Administrators },
        PageForm("IngestByForm", "/access/platforms/{id}/ingest", "Reads soon what a platform holds, by the button of the page.", PlatformPages.Ingest, [new FormField(PostForm.FieldName, "The field that the page gives.")]) with { Roles = Administrators },
        Page("AccessGroupsPage", "/access-groups", "The access groups the caller may read.", GroupPages.List) with { Query = GroupPages.ListParameters },
        Page("AccessGroupPage", "/access-groups/{id}", "One access group.", GroupPages.Show) with { Query = GroupPages.Parameters },
        Page("EditAccessGroupPage", "/access-groups/{id}/edit", "The form that edits an access group.", GroupEditing.Show) with { Roles = Administrators, Query = GroupEditing.Parameters },
        Page("EditAccessGroup", "/access-groups/{id}/edit", "Shows what would change, or saves it.", GroupEditing.Post) with
        {
            Method = "POST", Roles = Administrators, Form = GroupEditing.Fields, FormLimit = DocumentForm, EachCallCounts = true,
            OtherAnswers = new Dictionary<int, string> { [StatusCodes.Status303SeeOther] = "Saved: look at `Location`." },
        },
        Page("DeleteAccessGroupPage", "/access-groups/{id}/delete", "Asks whether an access group shall go.", GroupDeleting.Show) with { Roles = Administrators, Query = GroupDeleting.Parameters },
        PageForm("DeleteAccessGroupByForm", "/access-groups/{id}/delete", "Deletes the version of an access group that the page showed.", GroupDeleting.Post, GroupDeleting.Fields) with
        {
            Roles = Administrators, EachCallCounts = true,
            OtherAnswers = new Dictionary<int, string> { [StatusCodes.Status412PreconditionFailed] = "Another version was saved meanwhile: the page, with what changed." },
        },
        Page("NewAccessGroupPage", GroupCreating.Address, "The form that makes an access group.", GroupCreating.Show) with { Roles = Administrators, Query = GroupCreating.Parameters },
        PageForm("NewAccessGroup", GroupCreating.Address, "Looks at a new access group, or saves it.", GroupCreating.Post, GroupCreating.Fields) with
        {
            Roles = Administrators, FormLimit = DocumentForm, EachCallCounts = true,
            OtherAnswers = new Dictionary<int, string>
            {
                [StatusCodes.Status412PreconditionFailed] = "The id is taken: the page, with why.",
                [StatusCodes.Status422UnprocessableEntity] = "Something has to be mended: the page, with what.",
            },
        },
        Page("RequestPage", "/requests/{id}", "One request.", OneRequestHandlers.Show) with { Query = OneRequestHandlers.Parameters },
        PageForm("ActOnRequest", "/requests/{id}/{action}", "Does what a form of that page says: the word of a signal's route.", OneRequestActions.Act, ActionInput.Fields),
        PageForm("HoldRequest", "/requests/{id}/legal-hold", "Puts a request under legal hold, or lifts it.", RetentionPages.Hold, RetentionPages.HoldFields) with { Roles = Overseers, EachCallCounts = true },
        PageForm("ShowSecret", "/requests/{id}/secret", "The page with the secret on it, for the requester; each look is audited.", OneRequestActions.Secret,
            [new FormField("grant", "Which grant's; empty: the only one's.")]) with { SuccessStatus = StatusCodes.Status200OK, OtherAnswers = new Dictionary<int, string>(), EachCallCounts = true },
        Page("AskPage", "/request", "What the caller may ask for, and the form that asks.", AskHandlers.Show) with { Query = AskHandlers.Parameters },
        PageForm("AskForAccess", "/request", "Asks for access by the form of that page, or shows what would apply.", AskHandlers.Ask, AskInput.Fields),
        Page("ApprovalsPage", "/approvals", "What waits for the caller's decision, and what they decided.", ApprovalsHandlers.Show) with { Query = ApprovalsHandlers.Parameters },
        PageForm("DecideApprovals", "/approvals", "Decides on several requests by the form of that page.", ApprovalsHandlers.Decide, ApprovalsHandlers.Fields) with
        {
            Query = ApprovalsHandlers.Parameters,
        },
        Page("ProfilePage", "/profile", "Who the caller is here, their stand-in and their Slack user.", ProfilePages.Show) with { Query = ProfilePages.Parameters },
        PageForm("SetMyStandIn", "/profile/stand-in", "Names the caller's stand-in, or clears it.", ProfilePages.SetStandIn, StandInInput.Fields),
        PageForm("LinkMySlack", "/profile/slack", "Sends a code to the caller's Slack user, links it by that code, or removes the link.", SlackPart.Link, SlackPart.Fields) with { EachCallCounts = true },
    ];

    /// <summary>The credential is the token in the path.</summary>
    private static ApiRoute Review(string method, string name, string summary, Func<ApiCall, Task<IResult>> handler) => new()
    {
        Name = name,
        Method = method,
        Template = "/review/{token}",
        Channel = Channel.EmailLink,
        Anonymous = true,
        Page = true,
        ResponseContentType = "text/html",
        OtherAnswers = new Dictionary<int, string>
        {
            [StatusCodes.Status403Forbidden] = "Not by this reader, not through a link, or not from the page.",
            [StatusCodes.Status404NotFound] = "No link of ours.",
            [StatusCodes.Status409Conflict] = "Used, settled, changed or passed since.",
            [StatusCodes.Status410Gone] = "Expired.",
        },
        Summary = summary,
        Handler = handler,
    };

    private static ApiRoute DemoMail(string method, string name, string rest, string summary, Func<ApiCall, Task<IResult>> handler) => new()
    {
        Name = name,
        Method = method,
        Template = $"/demo/mail{rest}",
        Anonymous = true,
        Page = true,
        ResponseContentType = "text/html",
        Summary = summary,
        Handler = handler,
    };

    /// <summary>The token in the path and a person who is signed in, together.</summary>
    private static ApiRoute Recording(string name, string template, string summary, Func<ApiCall, Task<IResult>> handler) => new()
    {
        Name = name,
        Method = "GET",
        Template = template,
        ResponseContentType = "*/*",
        OtherAnswers = new Dictionary<int, string>(RecordingHandlers.Answers) { [StatusCodes.Status303SeeOther] = ToSignIn[StatusCodes.Status303SeeOther] },
        Otherwise = RecordingHandlers.Unopened,
        Summary = summary,
        Handler = handler,
    };

    /// <summary>What platforms publish for servers.</summary>
    private static ApiRoute Published(string name, string template, string contentType, string summary, Func<ApiCall, Task<IResult>> handler) => new()
    {
        Name = name,
        Method = "GET",
        Template = template,
        Anonymous = true,
        ResponseContentType = contentType,
        Headers = [new QueryParameter("If-None-Match", typeof(string), "The `ETag` of what the caller has.")],
        OtherAnswers = new Dictionary<int, string> { [StatusCodes.Status304NotModified] = "The caller has it." },
        Summary = summary,
        Handler = handler,
    };

    /// <summary>A page for people who are signed in.</summary>
    private static ApiRoute Page(string name, string template, string summary, Func<ApiCall, Task<IResult>> handler) => new()
    {
        Name = name,
        Method = "GET",
        Template = template,
        Page = true,
        ResponseContentType = "text/html",
        OtherAnswers = ToSignIn,
        Summary = $"{summary} A page.",
        Handler = handler,
    };

    /// <summary>What a form of a page is sent to.</summary>
    private static ApiRoute PageForm(string name, string template, string summary, Func<ApiCall, Task<IResult>> handler, IReadOnlyList<FormField> fields) => new()
    {
        Name = name,
        Method = "POST",
        Template = template,
        Page = true,
        ResponseContentType = "text/html",
        Form = fields,
        SuccessStatus = StatusCodes.Status303SeeOther,
        OtherAnswers = new Dictionary<int, string>
        {
            [StatusCodes.Status403Forbidden] = "Not by this person: the page, with why.",
            [StatusCodes.Status409Conflict] = "Not now: the page, with why.",
            [StatusCodes.Status422UnprocessableEntity] = "Something has to be mended: the page, with what.",
        },
        Summary = summary,
        Handler = handler,
    };

    private static ApiRoute Signal<TBody>(string name, string action, string summary, Func<ApiCall, Task<IResult>> handler) => new()
    {
        Name = name,
        Method = "POST",
        Template = $"/api/requests/{{id}}/{action}",
        RequestType = typeof(TBody),
        BodyOptional = typeof(TBody) == typeof(NoBody) || typeof(TBody) == typeof(ConfirmBody) || typeof(TBody) == typeof(SecretBody),
        ResponseType = typeof(RequestView),
        Signals = true,
        Summary = summary,
        Handler = handler,
    };
}
