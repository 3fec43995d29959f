using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api;

/// <summary>A kind of problem (RFC 9457): what clients switch on is <see cref="Slug"/>, the fragment of the problem's <c>type</c>.</summary>
/// <param name="Meaning">What it means, in a sentence.</param>
/// <param name="Remedy">What to do about it, in a sentence.</param>
public sealed record Problem(int Status, string Slug, string Title, string Meaning, string Remedy);

/// <summary>What can be wrong with a call before, or beside, the request's own rules.</summary>
public enum Fault
{
    Unauthenticated, Stranger, RoleMissing, UnknownAddress, MethodNotAllowed, Malformed, BadParameter, IdempotencyKeyInvalid,
    BodyTooLarge, UnsupportedMediaType, NotAcceptable, Invalid, IdempotencyKeyReused, PreconditionRequired, PreconditionFailed, NoSecret, BatchNotAllowed,
    Misdirected, Forwarded, NotFromOurPage, PlatformUnavailable, Unavailable, Internal, LinkOver,
}

/// <summary>
/// The one map from reasons to problems. <c>docs/errors.md</c> and the page <c>/errors</c> list the same; a reason without an entry does
/// not compile.
/// </summary>
public static class Problems
{
    /// <summary>The problem a refusal is answered with.</summary>
    public static Problem Of(RefusalReason reason) => reason switch
    {
        RefusalReason.NotFound => new(404, "not-found", "Not found",
            "There is no such thing, or not for you.", "Check the id; ask somebody who may see it."),
        RefusalReason.InvalidAsk => new(422, "invalid", "Invalid",
            "The fields were read, and what they say is not acceptable.", "Correct the fields named in `errors`."),
        RefusalReason.NoRule => new(403, "no-rule", "No rule",
            "No access group lets you ask for this resource and kind.",
            "Preview with `POST /api/policy/preview`, or ask an administrator to be made a member."),
        RefusalReason.SeveralGroups => new(422, "several-groups", "Several access groups",
            "The resources fall under different access groups, and one request has one.", "Send one request per group, split as the detail says."),
        RefusalReason.Unsolvable => new(422, "unsolvable", "Nobody could decide",
            "The people who may decide, without you, are too few for the approvals required.", "Ask an administrator to correct the access group."),
        RefusalReason.AlreadySubmitted => new(409, "already-submitted", "Already submitted",
            "A request with this id exists.", "Read it; use a new `Idempotency-Key` for a new request."),
        RefusalReason.NoActionsAvailable => new(409, "no-actions-available", "No actions available",
            "The request is closed or denied; nothing more can be done with it.", "Ask again with a new request."),
        RefusalReason.NotNow => new(409, "not-now", "Not now",
            "The request is in a phase in which this cannot be done.", "Read the request: `actions` says what can."),
        RefusalReason.SelfReview => new(403, "self-review", "Own request",
            "Nobody decides on their own request.", "Wait for another approver."),
        RefusalReason.NotAnApprover => new(403, "not-an-approver", "Not an approver",
            "You are not among the people who decide on this request.", "Leave it to the approvers that the request names."),
        RefusalReason.NotTheRequester => new(403, "not-the-requester", "Not the requester",
            "Only the person who made the request may do this.", "Ask the requester."),
        RefusalReason.NotPermitted => new(403, "not-permitted", "Not permitted",
            "You may not do this with this request.", "Ask somebody who may; `actions` of the request says what you can do."),
        RefusalReason.NotActive => new(403, "not-active", "Not active",
            "The directory says that you left.", "Ask an administrator if that is wrong."),
        RefusalReason.AlreadySettled => new(409, "already-settled", "Already settled",
            "Others settled this before you.", "Read the request for who and when."),
        RefusalReason.AlreadyDecided => new(409, "already-decided", "Already decided",
            "You have decided on this revision, or your seat was filled.", "Nothing; read the request for its reviews."),
        RefusalReason.NotYourLevel => new(409, "not-your-level", "Not your level",
            "Your level is not the one that decides now.", "Wait: you are told when your level opens."),
        RefusalReason.StaleRevision => new(409, "stale-revision", "Stale revision",
            "The request was changed since you read it.", "Read it again and decide on its present `revision`."),
        RefusalReason.AssuranceTooLow => new(403, "assurance-too-low", "Stronger sign-in needed",
            "This level does not count approvals through this channel.", "Sign in and approve there; you may still deny here."),
        RefusalReason.CommentRequired => new(422, "comment-required", "Comment required",
            "This needs a comment that says why.", "Send `comment`."),
        RefusalReason.RoleRequired => new(422, "role-required", "Role required",
            "The request names no role, so nothing could be provisioned.", "Send `role`, one of those the access group offers."),
        RefusalReason.RoleNotOffered => new(422, "role-not-offered", "Role not offered",
            "The access group does not offer this role.", "Choose one that the detail names."),
        RefusalReason.IdentityRequired => new(422, "identity-required", "Identity required",
            "No identity on the platform is linked to the requester, and none was chosen.", "Choose `identity`, or have one linked."),
        RefusalReason.IdentityNotAllowed => new(422, "identity-not-allowed", "Identity not allowed",
            "The identity is neither the requester's nor among the group's, or it is the approver's own.", "Choose another."),
        RefusalReason.PeriodNotChangeable => new(422, "period-not-changeable", "Period not changeable",
            "The access group does not let approvers change the period.", "Approve without `start` and `end`, or deny with a comment."),
        RefusalReason.PeriodInvalid => new(422, "period-invalid", "Invalid period",
            "The period ends before it starts, is too long, or lies too far ahead.", "Send a period within the limits that the detail names."),
        RefusalReason.PeriodPassed => new(422, "period-passed", "Period passed",
            "The period that an approver set has ended.", "Approve with a new period, or let the requester ask again."),
        RefusalReason.OutsideWindows => new(422, "outside-windows", "Outside the access windows",
            "No usable time remains: access windows or a freeze exclude the period.", "Ask for a time inside a window."),
        RefusalReason.EmergencyNotAllowed => new(403, "emergency-not-allowed", "Emergency not allowed",
            "The access group has no emergency path, or a freeze blocks it.", "Wait for the approvers."),
        RefusalReason.EmergencyDebt => new(409, "emergency-debt", "Emergency review overdue",
            "An earlier emergency of yours has an overdue review.", "Have it reviewed first."),
        RefusalReason.ReviewNotOwed => new(409, "review-not-owed", "No review owed",
            "There was no emergency, or it has been reviewed.", "Nothing."),
        RefusalReason.ExtensionNotAllowed => new(422, "extension-not-allowed", "Extension not allowed",
            "The new end lies beyond what the access group allows.", "Choose an earlier end, or make a new request."),
        RefusalReason.EmergencyInForce => new(409, "emergency-in-force", "Emergency in force",
            "The requester declared an emergency, so approvals no longer count.", "Review it with `ratify`, or `revoke`."),
        RefusalReason.ApprovalRequired => new(403, "approval-required", "Approval required",
            "An access group says that this change needs approval.", "Make a request of kind Settings for the resource that the detail names, with the document and its version."),
    };

    /// <summary>The problem a fault of the call is answered with.</summary>
    public static Problem Of(Fault fault) => fault switch
    {
        Fault.LinkOver => new(410, "link-over", "This link is over",
            "The access it belongs to has ended, or the link has.", "Open the request: while its access is active, it gives a new link."),
        Fault.Unauthenticated => new(401, "unauthenticated", "Who are you?",
            "The call carries no valid credential.", "Send `Authorization: Bearer` with a valid token; the detail says what was wrong with this one."),
        Fault.Stranger => new(403, "stranger", "Not known here",
            "The credential is valid, and belongs to nobody in the directory.", "Ask an administrator to add you."),
        Fault.RoleMissing => new(403, "role-missing", "Role missing",
            "This is for holders of a role that you do not have.", "Ask somebody who holds it."),
        Fault.UnknownAddress => new(404, "unknown-address", "No such address",
            "Nothing is served at this path.", "See `/openapi.json`."),
        Fault.MethodNotAllowed => new(405, "method-not-allowed", "Method not allowed",
            "The path exists, but not for this method.", "Use one of those in `Allow`."),
        Fault.Malformed => new(400, "malformed", "Malformed body",
            "The body is not the JSON that this route reads: bad syntax, an unknown or missing field, or a value of the wrong kind.",
            "Correct it at the line or the field that the problem names."),
        Fault.BadParameter => new(400, "bad-parameter", "Bad parameter",
            "A parameter of the query or a header is unknown, given twice or not readable.", "Correct the one named in `errors`."),
        Fault.IdempotencyKeyInvalid => new(400, "idempotency-key-invalid", "Invalid Idempotency-Key",
            "The key is not 1 to 128 visible ASCII characters.", "Send another, for example a UUID."),
        Fault.BodyTooLarge => new(413, "body-too-large", "Body too large",
            "Bodies may have at most 1 MiB.", "Send less."),
        Fault.UnsupportedMediaType => new(415, "unsupported-media-type", "Unsupported media type",
            "The body is not declared as JSON in UTF-8.", "Send `Content-Type: application/json`."),
        Fault.NotAcceptable => new(406, "not-acceptable", "Not acceptable",
            "The call does not accept the form in which this route answers.", "Send the `Accept` header that the detail names."),
        Fault.Invalid => new(422, "invalid", "Invalid",
            "The fields were read, and what they say is not acceptable.", "Correct the fields named in `errors`."),
        Fault.IdempotencyKeyReused => new(422, "idempotency-key-reused", "Idempotency-Key reused",
            "You used this key before for something else.", "Use a new key for a new action."),
        Fault.PreconditionRequired => new(428, "precondition-required", "Precondition required",
            "Editing needs to say which version it starts from.", "Send `If-Match` with the ETag you read, or `If-None-Match: *` to create."),
        Fault.PreconditionFailed => new(412, "precondition-failed", "Changed meanwhile",
            "The document is not at the version that you named.", "Read it again, and repeat your change on what you get."),
        Fault.NoSecret => new(404, "no-secret", "No secret",
            "This grant has no secret to fetch.", "Use the login that the request names."),
        Fault.BatchNotAllowed => new(403, "batch-not-allowed", "Not in a batch",
            "The request's access group wants each request decided by itself.", "Decide it with its own `approve` or `deny`."),
        Fault.Misdirected => new(421, "misdirected", "Wrong host",
            "A demo answers on this machine only.", "Use `http://localhost`, or set up sign-in for real use."),
        Fault.Forwarded => new(400, "forwarded", "Forwarded call",
            "A demo takes no calls through a proxy.", "Call it directly, or set up sign-in for real use."),
        Fault.NotFromOurPage => new(403, "not-from-our-page", "Not from our page",
            "A browser sent its session along, and nothing shows that a page of this session made the call.",
            "Open the page again and send it from there. Programs send `Authorization: Bearer`, which needs nothing else."),
        Fault.PlatformUnavailable => new(503, "platform-unavailable", "Platform unavailable",
            "The connected system did not answer, or refused.", "Try again later; if it stays, tell an administrator."),
        Fault.Unavailable => new(503, "unavailable", "Unavailable",
            "What this needs did not answer; nothing was lost.", "Send the same again after `Retry-After`."),
        Fault.Internal => new(500, "internal", "Internal error",
            "Something failed here that is not your fault.", "Try again; if it stays, tell an administrator the `traceId`."),
    };

    /// <summary>Every kind once, by slug.</summary>
    public static IReadOnlyList<Problem> All { get; } =
    [
        .. Enum.GetValues<RefusalReason>().Select(Of).Concat(Enum.GetValues<Fault>().Select(Of))
            .DistinctBy(problem => problem.Slug).OrderBy(problem => problem.Slug, StringComparer.Ordinal),
    ];
}
