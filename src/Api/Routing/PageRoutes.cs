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
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Routing;

/// <summary>The part of the route table that is pages for people who are signed in, and their forms.</summary>
internal static class PageRoutes
{
    /// <summary>A document as long as the API takes it, with every third byte escaped into three.</summary>
    private const int DocumentForm = 2 * BodyReader.Limit;

    public static IReadOnlyList<ApiRoute> All { get; } =
    [
        Page("HomePage", "/", "The caller's own requests.", MyRequestsHandlers.Show) with { Query = MyRequestsHandlers.Parameters },
        Page("RequestsPage", "/requests", "The requests the caller may see, in numbers and as a list.", RequestsHandlers.Show) with { Query = RequestsHandlers.Parameters },
        Page("AuditPage", "/audit", "The audit trail, and who approved and denied how often.", AuditPages.Show) with { Roles = RouteParts.Overseers, Query = AuditPages.Parameters },
        Page("VerifyAudit", "/audit/verify", "Verifies the whole audit trail.", AuditPages.Verify) with
        {
            Method = "POST", Roles = RouteParts.Overseers, Form = [new FormField(PostForm.FieldName, "The field that the page gives.")], EachCallCounts = true,
        },
        Page("RetentionPage", RetentionPages.Path, "How long things are kept, and what is held.", RetentionPages.Show) with { Roles = RouteParts.Overseers },
        PageForm("PseudonymisePersonByForm", RetentionPages.Path, "Deletes a person's words, names and addresses.", RetentionPages.Pseudonymise, RetentionPages.PersonFields) with
        {
            Roles = RouteParts.Administrators, SuccessStatus = StatusCodes.Status200OK, EachCallCounts = true,
        },
        Page("AccessPage", "/access", "Who has access to what right now; the caller's own for all but administrators and auditors.", AccessPages.Show) with { Query = AccessPages.Parameters },
        Page("IdentityPage", "/access/identities/{id}", "One identity on a platform.", IdentityPages.One) with { Query = IdentityPages.Parameters },
        PageForm("LinkIdentityByForm", "/access/identities/{id}", "Makes an identity a person's, or nobody's, by the form of that page.", IdentityPages.Link, IdentityPages.Fields) with { Roles = RouteParts.Administrators },
        PageForm("IngestByForm", "/access/platforms/{id}/ingest", "Reads soon what a platform holds, by the button of the page.", PlatformPages.Ingest, [new FormField(PostForm.FieldName, "The field that the page gives.")]) with { Roles = RouteParts.Administrators },
        Page("AccessGroupsPage", "/access-groups", "The access groups the caller may read.", GroupPages.List) with { Query = GroupPages.ListParameters },
        Page("AccessGroupPage", "/access-groups/{id}", "One access group.", GroupPages.Show) with { Query = GroupPages.Parameters },
        Page("EditAccessGroupPage", "/access-groups/{id}/edit", "The form that edits an access group.", GroupEditing.Show) with { Roles = RouteParts.Administrators, Query = GroupEditing.Parameters },
        Page("EditAccessGroup", "/access-groups/{id}/edit", "Shows what would change, or saves it.", GroupEditing.Post) with
        {
            Method = "POST", Roles = RouteParts.Administrators, Form = GroupEditing.Fields, FormLimit = DocumentForm, EachCallCounts = true,
            OtherAnswers = new Dictionary<int, string> { [StatusCodes.Status303SeeOther] = "Saved: look at `Location`." },
        },
        Page("DeleteAccessGroupPage", "/access-groups/{id}/delete", "Asks whether an access group shall go.", GroupDeleting.Show) with { Roles = RouteParts.Administrators, Query = GroupDeleting.Parameters },
        PageForm("DeleteAccessGroupByForm", "/access-groups/{id}/delete", "Deletes the version of an access group that the page showed.", GroupDeleting.Post, GroupDeleting.Fields) with
        {
            Roles = RouteParts.Administrators, EachCallCounts = true,
            OtherAnswers = new Dictionary<int, string> { [StatusCodes.Status412PreconditionFailed] = "Another version was saved meanwhile: the page, with what changed." },
        },
        Page("NewAccessGroupPage", GroupCreating.Address, "The form that makes an access group.", GroupCreating.Show) with { Roles = RouteParts.Administrators, Query = GroupCreating.Parameters },
        PageForm("NewAccessGroup", GroupCreating.Address, "Looks at a new access group, or saves it.", GroupCreating.Post, GroupCreating.Fields) with
        {
            Roles = RouteParts.Administrators, FormLimit = DocumentForm, EachCallCounts = true,
            OtherAnswers = new Dictionary<int, string>
            {
                [StatusCodes.Status412PreconditionFailed] = "The id is taken: the page, with why.",
                [StatusCodes.Status422UnprocessableEntity] = "Something has to be mended: the page, with what.",
            },
        },
        Page("RequestPage", "/requests/{id}", "One request.", OneRequestHandlers.Show) with { Query = OneRequestHandlers.Parameters },
        PageForm("ActOnRequest", "/requests/{id}/{action}", "Does what a form of that page says: the word of a signal's route.", OneRequestActions.Act, ActionInput.Fields),
        PageForm("HoldRequest", "/requests/{id}/legal-hold", "Puts a request under legal hold, or lifts it.", RetentionPages.Hold, RetentionPages.HoldFields) with { Roles = RouteParts.Overseers, EachCallCounts = true },
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

    /// <summary>A page for people who are signed in.</summary>
    private static ApiRoute Page(string name, string template, string summary, Func<ApiCall, Task<IResult>> handler) => new()
    {
        Name = name,
        Method = "GET",
        Template = template,
        Page = true,
        ResponseContentType = "text/html",
        OtherAnswers = RouteParts.ToSignIn,
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
}
