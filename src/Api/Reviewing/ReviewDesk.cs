using AccessFunctions.Api.Authentication;
using AccessFunctions.Api.Pages;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application;
using AccessFunctions.Application.Audit;
using AccessFunctions.Application.Ports;
using AccessFunctions.Application.Settings;
using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Reviewing;

/// <summary>One call to a link's page: whose link it is, where it stands, and the page that answers.</summary>
internal sealed class ReviewDesk(ApiCall call)
{
    private readonly string _token = PathToken.Of(call.Http);
    private readonly RequestService _requests = call.Service<RequestService>();
    private readonly IPeople _people = call.Service<IDirectory>().Current;
    private ReviewLink? _link;
    private Caller? _caller;
    private AccessRequest? _request;

    public ReviewLink Link => _link!;

    /// <summary>Reads the link, its reader and its request.</summary>
    /// <returns>Null where all three are there; else the page that says what is wrong.</returns>
    public async Task<IResult?> Open()
    {
        if (!call.Service<IReviewLinks>().TryRead(_token, out _link)) return await Refuse("link-foreign", ReviewText.Foreign);
        CallTrace.Of(call.Http).Person = Link.Person;
        if (_people.Find(Link.Person) is not { Active: true } person) return await Refuse("not-active", ReviewText.Gone);
        _caller = new Caller(person, Channel.EmailLink, Callers.Address(call.Http));
        _request = await _requests.Find(_caller, Link.RequestId, call.Cancellation);
        return _request is null ? await Refuse("not-an-approver", NotYours) : null;
    }

    public Standing Standing() => Standings.Of(Link, _request!, _requests.Actions(_caller!, _request!), call.Service<TimeProvider>().GetUtcNow());

    public ReviewText Text(Standing standing) => ReviewText.Of(standing, Link, _request!, _people);

    /// <summary>True where the form was posted from a page of this link.</summary>
    public bool Takes(ReviewInput input) => call.Service<FormTickets>().Takes(input.Ticket, _token);

    /// <summary>The same verdict is answered as the first time, whatever comment comes with it; another one is too late.</summary>
    public async Task<IResult> Again(ReviewInput input)
    {
        var first = Link.Kind == ReviewLinkKind.Revoke ? ReviewVerdict.Revoke : Standings.VerdictOf(Link, _request!) switch
        {
            Verdict.Approve => ReviewVerdict.Approve,
            Verdict.Deny => ReviewVerdict.Deny,
            _ => ReviewVerdict.None,
        };
        if (input.Verdict == first) return await Page(Reviewing.Standing.Used);
        return await Refuse("link-used", ReviewText.AlreadyUsed(Link, _request!));
    }

    /// <summary>Sends the decision through the request's door, and says how it was answered.</summary>
    public async Task<IResult> Send(ReviewInput input)
    {
        var (signal, _) = Standings.Attempt(Link, _request!);
        var answer = await Signal(input, signal);
        if (!answer.Settled) return await Render(ReviewText.Pending);
        _request = answer.State ?? _request;

        if (answer is { ContentDiffers: true, Refusal: not null })
        {
            // Another post of this link was first, and decided nothing: this one is an attempt of its own.
            answer = await Signal(input, Standings.Attempt(Link, _request!).SignalId);
            if (!answer.Settled) return await Render(ReviewText.Pending);
            _request = answer.State ?? _request;
        }

        CallTrace.Of(call.Http).Note(answer);

        // Two posts at once: the other one was first, and this one is answered as if it had come later.
        if (answer.ContentDiffers) return await Again(input);
        if (answer.Refusal is not { } refusal) return await Render(ReviewText.Taken(Link, input.Verdict, _request!));
        return await Refused(input, refusal);
    }

    /// <summary>The page of a link that can decide.</summary>
    public Task<IResult> Form(ReviewText text, ReviewInput? kept = null, IReadOnlyList<PageError>? errors = null)
    {
        var (request, policy) = (_request!, _request!.Policy);
        return Render(text, errors, new ReviewForms
        {
            Ticket = call.Service<FormTickets>().Issue(_token),
            Revoke = Link.Kind == ReviewLinkKind.Revoke,
            WhyNotApprove = !_requests.Actions(_caller!, request).Contains("approve") ? "This level takes no approval through a link. Sign in to approve."
                : StillToChoose.Identity(request) ? "The identity that gets the access is still to be chosen, which cannot be done here. Sign in to choose it, and approve."
                : null,
            Period = policy.ApproversMayChangePeriod,
            When = RequestWords.When(request),
            Roles = AskRules.NeedsRole(policy, request.Ask.Kind) ? policy.Roles : [],
            Role = request.Role,
            Kept = kept ?? new(),
        });
    }

    public Task<IResult> Page(Standing standing) => Render(Text(standing));

    /// <summary>Refuses what never reaches the request's own chain, and records it.</summary>
    public async Task<IResult> Refuse(string reason, ReviewText text)
    {
        await Record(reason);
        return await Render(text);
    }

    public Task Record(string reason)
    {
        var more = new Dictionary<string, string> { ["route"] = $"{call.Route.Method} {call.Route.Template}" };
        if (_link is not null) more[RefusedCalls.Target] = Link.RequestId;
        CallTrace.Of(call.Http).IsRecorded = true;
        return call.Service<RefusedCalls>().Record(
            EventTypes.Host.CallRefused, reason, _link?.Person ?? "anonymous", Callers.Address(call.Http), more, Channel.EmailLink);
    }

    private static ReviewText NotYours { get; } = new(
        StatusCodes.Status403Forbidden, "This is not yours to decide", "bad", "You are no longer among those who decide on this request.");

    private Task<SignalAnswer> Signal(ReviewInput input, string signal) => input.Verdict switch
    {
        ReviewVerdict.Approve => _requests.Approve(_caller!, Link.RequestId, signal, new ApproveInput(
            Link.Revision, input.Comment, ReviewInput.Time(input.Start), ReviewInput.Time(input.End), input.Role == _request!.Role ? null : input.Role, null, Link.Level), call.Cancellation),
        ReviewVerdict.Deny => _requests.Deny(_caller!, Link.RequestId, signal, new DenyInput(Link.Revision, input.Comment, Link.Level), call.Cancellation),
        ReviewVerdict.Revoke => _requests.Revoke(_caller!, Link.RequestId, signal, input.Comment ?? "", call.Cancellation),
        _ => throw new InvalidOperationException("A form without a verdict is not sent."),
    };

    /// <summary>What can be mended is shown with the form; all else as the request now stands.</summary>
    private async Task<IResult> Refused(ReviewInput input, Refusal refusal)
    {
        var problem = Problems.Of(refusal.Reason);
        var standing = Standing();
        if (standing == Reviewing.Standing.Open && problem.Status == StatusCodes.Status422UnprocessableEntity)
        {
            IReadOnlyList<PageError> errors = refusal.Errors.Count > 0
                ? [.. refusal.Errors.SelectMany(field => field.Value.Select(message => new PageError(ReviewInput.FieldOf(field.Key, input.Verdict), message)))]
                : [new PageError(refusal.Reason is RefusalReason.PeriodInvalid or RefusalReason.PeriodPassed or RefusalReason.OutsideWindows ? "end" : null, refusal.Detail)];
            return await Form(Text(standing) with { Status = problem.Status }, input, errors);
        }

        if (standing == Reviewing.Standing.Open && refusal.Reason == RefusalReason.AssuranceTooLow)
            return await Form(new ReviewText(problem.Status, "Sign in to approve", "bad", "This level takes no approval through a link. You can still deny here."), input);
        return standing == Reviewing.Standing.Open
            ? await Render(new ReviewText(problem.Status, problem.Title, "bad", refusal.Detail))
            : await Render(Text(standing) with { Status = problem.Status });
    }

    private async Task<IResult> Render(ReviewText text, IReadOnlyList<PageError>? errors = null, ReviewForms? forms = null) =>
        await call.Service<PageRenderer>().Render<ReviewPage>(text.Status, (nameof(ReviewPage.Model), new ReviewModel
        {
            Title = text.Title,
            Says = text.Says,
            Tone = text.Tone,
            Errors = errors ?? [],
            // A link whose time is over may lie about for years: it tells how it ended, and nothing of what was asked.
            Facts = _request is null || Link.ExpiresAt <= call.Service<TimeProvider>().GetUtcNow() ? [] : RequestFacts.Of(_request, _people),
            Changes = _request?.Change is not { } change || Link.ExpiresAt <= call.Service<TimeProvider>().GetUtcNow() ? null : ChangeWords.Lines(change),
            Forms = forms,
            RequestPage = _request is null ? null : new Uri($"{call.Service<PublicAddress>().Root.AbsoluteUri.TrimEnd('/')}/requests/{Uri.EscapeDataString(_request.Id)}"),
        }));
}
