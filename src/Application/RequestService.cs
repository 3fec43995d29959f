using AccessFunctions.Application.Effects;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application;

/// <summary>
/// What people do with requests. Each method reads the facts its signal needs and sends the signal through the one door
/// (<see cref="IRequestWorkflow"/>). A request the caller may not see is answered as one that does not exist.
/// </summary>
public sealed class RequestService(
    IRequestWorkflow workflow, IRequestReader requests, IDirectory directory, IAccessGroups groups, IPlatforms platforms, TimeProvider time)
{
    private static readonly TimeSpan DenialsShown = TimeSpan.FromHours(24);
    private readonly Submission _submission = new(requests, directory, groups, platforms, time);

    /// <summary>Submits. The request's id derives from (person, <paramref name="idempotencyKey"/>), so that a repeat finds the first.</summary>
    public async Task<SignalAnswer> Submit(Caller caller, Ask ask, string idempotencyKey, CancellationToken cancellation)
    {
        var id = RequestIds.For(caller.Id, idempotencyKey);
        var (submit, refusal) = await requests.Find(id, cancellation) is { } first
            ? (Submission.Again(caller, ask, first), null)
            : await _submission.Prepare(caller, ask, id, cancellation);
        return submit is null ? new SignalAnswer(null, refusal, 0) { IsUnrecorded = true } : await workflow.Signal(id, submit, cancellation);
    }

    /// <summary>Says which rule applies to such an ask, why, who would decide and for how long; stores nothing.</summary>
    public Task<PolicyPreview> Preview(Caller caller, Ask ask, CancellationToken cancellation) => _submission.Preview(caller, ask, cancellation);

    /// <summary>Approves the revision the caller saw, perhaps with a changed period, role or identity.</summary>
    public Task<SignalAnswer> Approve(Caller caller, string id, string signalId, ApproveInput input, CancellationToken cancellation) =>
        Send(caller, id, (request, facts) => new Approve
        {
            Id = signalId,
            By = caller.Id,
            Channel = caller.Channel,
            At = default,
            Address = caller.Address,
            Facts = facts,
            Revision = input.Revision,
            Level = input.Level,
            Comment = input.Comment,
            Start = input.Start,
            End = input.End,
            Role = input.Role,
            Identity = input.Identity,
            RequesterIdentities = input.Identity is null ? null : RequesterIdentities.Of(request, directory.Current),
        }, cancellation);

    /// <summary>Denies the revision the caller saw.</summary>
    public Task<SignalAnswer> Deny(Caller caller, string id, string signalId, int revision, string? comment, CancellationToken cancellation) =>
        Deny(caller, id, signalId, new DenyInput(revision, comment), cancellation);

    /// <summary>Denies the revision the caller saw, perhaps bound to a level.</summary>
    public Task<SignalAnswer> Deny(Caller caller, string id, string signalId, DenyInput input, CancellationToken cancellation) =>
        Send(caller, id, (_, facts) => new Deny
        {
            Id = signalId,
            By = caller.Id,
            Channel = caller.Channel,
            At = default,
            Address = caller.Address,
            Facts = facts,
            Revision = input.Revision,
            Level = input.Level,
            Comment = input.Comment,
        }, cancellation);

    public Task<SignalAnswer> Cancel(Caller caller, string id, string signalId, CancellationToken cancellation) =>
        Send(caller, id, (_, facts) => new Cancel
        {
            Id = signalId,
            By = caller.Id,
            Channel = caller.Channel,
            At = default,
            Address = caller.Address,
            Facts = facts,
        }, cancellation);

    public async Task<SignalAnswer> DeclareEmergency(Caller caller, string id, string signalId, string justification, CancellationToken cancellation)
    {
        if (await Find(caller, id, cancellation) is not { } request) return NotFound;
        var emergency = new EmergencyFacts
        {
            Debts = await requests.EmergencyDebts(request.Requester, cancellation),
            RecentlyDenied = await requests.RecentlyDenied(request.Requester, request.Ask.Resources, time.GetUtcNow() - DenialsShown, cancellation),
        };
        return await workflow.Signal(id, new DeclareEmergency
        {
            Id = signalId,
            By = caller.Id,
            Channel = caller.Channel,
            At = default,
            Address = caller.Address,
            Facts = FactsOf(caller, request),
            Justification = justification,
            Emergency = emergency,
        }, cancellation);
    }

    public Task<SignalAnswer> Ratify(Caller caller, string id, string signalId, EmergencyVerdict verdict, string? comment, CancellationToken cancellation) =>
        Send(caller, id, (_, facts) => new Ratify
        {
            Id = signalId,
            By = caller.Id,
            Channel = caller.Channel,
            At = default,
            Address = caller.Address,
            Facts = facts,
            Verdict = verdict,
            Comment = comment,
        }, cancellation);

    public Task<SignalAnswer> Revoke(Caller caller, string id, string signalId, string comment, CancellationToken cancellation) =>
        Send(caller, id, (_, facts) => new Revoke
        {
            Id = signalId,
            By = caller.Id,
            Channel = caller.Channel,
            At = default,
            Address = caller.Address,
            Facts = facts,
            Comment = comment,
        }, cancellation);

    public Task<SignalAnswer> Release(Caller caller, string id, string signalId, CancellationToken cancellation) =>
        Send(caller, id, (_, facts) => new Release
        {
            Id = signalId,
            By = caller.Id,
            Channel = caller.Channel,
            At = default,
            Address = caller.Address,
            Facts = facts,
        }, cancellation);

    public Task<SignalAnswer> Extend(Caller caller, string id, string signalId, DateTimeOffset end, CancellationToken cancellation) =>
        Send(caller, id, (_, facts) => new Extend
        {
            Id = signalId,
            By = caller.Id,
            Channel = caller.Channel,
            At = default,
            Address = caller.Address,
            Facts = facts,
            End = end,
        }, cancellation);

    /// <summary>A fulfiller or administrator confirms that access was given by hand.</summary>
    /// <param name="grantId">Null: the only grant that awaits it.</param>
    public async Task<SignalAnswer> ConfirmDone(Caller caller, string id, string signalId, string? grantId, string? comment, CancellationToken cancellation)
    {
        if (await Find(caller, id, cancellation) is not { } request) return NotFound;
        if (Pick(request, grantId, GrantState.AwaitingFulfiller) is not { } grant) return NameTheGrant;
        return await workflow.Signal(id, new ConfirmDone
        {
            Id = signalId,
            By = caller.Id,
            Channel = caller.Channel,
            At = default,
            Address = caller.Address,
            Facts = FactsOf(caller, request),
            GrantId = grant,
            Comment = comment,
        }, cancellation);
    }

    /// <summary>A fulfiller or administrator confirms a removal that no machine can prove.</summary>
    /// <param name="grantId">Null: the only grant that awaits it.</param>
    public async Task<SignalAnswer> ConfirmRemoved(Caller caller, string id, string signalId, string? grantId, string? comment, CancellationToken cancellation)
    {
        if (await Find(caller, id, cancellation) is not { } request) return NotFound;
        if (Pick(request, grantId, GrantState.AwaitingRemoval) is not { } grant) return NameTheGrant;
        return await workflow.Signal(id, new ConfirmRemoved
        {
            Id = signalId,
            By = caller.Id,
            Channel = caller.Channel,
            At = default,
            Address = caller.Address,
            Facts = FactsOf(caller, request),
            GrantId = grant,
            Comment = comment,
        }, cancellation);
    }

    /// <summary>Records the look, and only then reads the secret from its platform.</summary>
    /// <param name="grantId">Null: the only grant.</param>
    /// <returns>The secret is null where the answer is a refusal, or the kind has none.</returns>
    public async Task<(SignalAnswer Answer, ReleasedSecret? Secret)> LookAtSecret(Caller caller, string id, string signalId, string? grantId, CancellationToken cancellation)
    {
        if (await Find(caller, id, cancellation) is not { } request) return (NotFound, null);
        if (Pick(request, grantId, awaited: null) is not { } picked) return (NameTheGrant, null);
        var answer = await workflow.Signal(id, new SecretLooked
        {
            Id = signalId,
            By = caller.Id,
            Channel = caller.Channel,
            At = default,
            Address = caller.Address,
            Facts = FactsOf(caller, request),
            GrantId = picked,
        }, cancellation);
        if (answer is not { Refusal: null, Settled: true, ContentDiffers: false, State: { } state }) return (answer, null);

        // A repeated signal gets its first answer even when access has ended since: the state as it is now decides once more.
        var grant = state.Grants.FirstOrDefault(candidate => candidate.Id == picked);
        if (state.Phase != Phase.Active || time.GetUtcNow() >= state.Period.End || state.Requester != caller.Id || grant is not { State: GrantState.Granted or GrantState.AlreadyHeld })
            return (answer with { Refusal = new Refusal(RefusalReason.NotNow, "The secret is shown only while the access is active."), IsUnrecorded = true }, null);

        return await ReadSecret(answer, Orders.For(state, grant), cancellation);
    }

    /// <summary>The request, where the caller may see it (requester, approver or stand-in of any level, fulfiller, Admin, Auditor); else null.</summary>
    public async Task<AccessRequest?> Find(Caller caller, string id, CancellationToken cancellation) =>
        await requests.Find(id, cancellation) is { } request && Visibility.MaySee(caller, request, directory.Current, time.GetUtcNow()) ? request : null;

    /// <summary>Lists what the caller may see.</summary>
    /// <param name="mine">Only the caller's own.</param>
    /// <param name="toReview">Only those that wait for a word of the caller's, in their own name or another's: a decision, the review of an emergency, a confirmation by hand.</param>
    public async Task<Page<AccessRequest>> List(Caller caller, RequestFilter filter, bool mine, bool toReview, string? cursor, int limit, CancellationToken cancellation)
    {
        if (mine && filter.Requester is { } other && other != caller.Id) return new Page<AccessRequest>([], null);
        var page = await requests.List(Visibility.Narrow(caller, filter, mine, toReview, directory.Current, time.GetUtcNow()), cursor, limit, cancellation);

        // The store knows seats, not who may not fill one in another's name: their own requests do not wait for a stand-in.
        return toReview ? page with { Items = [.. page.Items.Where(request => Actions(caller, request).Any(RequestActions.Awaited.Contains))] } : page;
    }

    /// <summary>Lists active access among which is what the caller may take away: who only oversees sees it elsewhere.</summary>
    public Task<Page<AccessRequest>> ListToRevoke(Caller caller, RequestFilter filter, string? cursor, int limit, CancellationToken cancellation) =>
        requests.List(Visibility.Narrow(caller, filter with { Status = Status.Active }, mine: false, toReview: false, directory.Current, time.GetUtcNow(), oversees: caller.IsAdministrator), cursor, limit, cancellation);

    /// <summary>Counts what the caller may see.</summary>
    public Task<RequestCounts> Count(Caller caller, RequestFilter filter, CancellationToken cancellation) =>
        requests.Count(Visibility.Narrow(caller, filter, mine: false, toReview: false, directory.Current, time.GetUtcNow()), cancellation);

    /// <summary>What this caller may do now, as the words of the routes: <c>approve</c>, <c>deny</c>, <c>cancel</c>, <c>emergency</c>, <c>revoke</c>, <c>release</c>, <c>extend</c>, <c>ratify</c>, <c>secret</c>, <c>confirm-done</c>, <c>confirm-removed</c>.</summary>
    public IReadOnlyList<string> Actions(Caller caller, AccessRequest request) => RequestActions.Of(caller, request, FactsOf(caller, request), time.GetUtcNow());

    private static SignalAnswer NotFound { get; } = new(null, new Refusal(RefusalReason.NotFound, "There is no such request."), 0) { IsUnrecorded = true };

    private static SignalAnswer NameTheGrant { get; } = new(null, new Refusal(RefusalReason.InvalidAsk, "Several grants of this request are possible: name one.")
    {
        Errors = new Dictionary<string, IReadOnlyList<string>> { ["grantId"] = ["name one of the request's grants"] },
    }, 0)
    { IsUnrecorded = true };

    private async Task<SignalAnswer> Send(Caller caller, string id, Func<AccessRequest, ActorFacts, Signal> make, CancellationToken cancellation) =>
        await Find(caller, id, cancellation) is { } request ? await workflow.Signal(id, make(request, FactsOf(caller, request)), cancellation) : NotFound;

    private ActorFacts FactsOf(Caller caller, AccessRequest request) => Facts.Of(caller, request, directory.Current, time.GetUtcNow());

    /// <summary>The grant that is meant: the named one, or the only one in that state; with none in it any will do, for the door to refuse.</summary>
    private static string? Pick(AccessRequest request, string? named, GrantState? awaited)
    {
        if (named is not null) return named;
        List<string> fitting = [.. request.Grants.Where(grant => awaited is null || grant.State == awaited).Select(grant => grant.Id)];
        return fitting.Count switch
        {
            0 => request.Grants.Select(grant => grant.Id).FirstOrDefault(),
            1 => fitting[0],
            _ => null,
        };
    }

    private async Task<(SignalAnswer Answer, ReleasedSecret? Secret)> ReadSecret(SignalAnswer answer, PlatformOrder order, CancellationToken cancellation)
    {
        if (platforms.Find(order.Platform) is not { } platform) return (Unreadable(answer, $"platform \"{order.Platform}\" is not configured"), null);
        using var timeout = new CancellationTokenSource(EffectRunner.AttemptTimeout, time);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        try
        {
            return (answer, await platform.Secret(order, bound.Token).WaitAsync(bound.Token));
        }
        catch (PlatformException failure)
        {
            return (Unreadable(answer, failure.Message), null);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (Unreadable(answer, "the platform did not answer in time"), null);
        }
    }

    private static SignalAnswer Unreadable(SignalAnswer answer, string why) =>
        answer with { Refusal = new Refusal(RefusalReason.NotNow, $"The secret cannot be read now: {why}. Try again later."), IsUnrecorded = true };
}

/// <summary>An approval as its sender gave it; null leaves what is asked.</summary>
/// <param name="Level">The level it is bound to, where the channel asked for one; null: whichever decides now.</param>
public sealed record ApproveInput(int Revision, string? Comment, DateTimeOffset? Start, DateTimeOffset? End, string? Role, string? Identity, int? Level = null);

/// <summary>A denial as its sender gave it.</summary>
/// <param name="Level">As in <see cref="ApproveInput"/>.</param>
public sealed record DenyInput(int Revision, string? Comment, int? Level = null);

/// <summary>Which rule applies, and what would follow.</summary>
/// <param name="Refusal">Why such an ask would be refused; null where it would be taken.</param>
/// <param name="Levels">Who would decide, level by level; empty where nobody is asked.</param>
public sealed record PolicyPreview(
    RequestPolicy? Policy, Refusal? Refusal, IReadOnlyList<string> Why, IReadOnlyList<IReadOnlyList<string>> Levels, Period? Period)
{
    /// <summary>The change of settings that would be made; null where none is asked for, or it is not sound.</summary>
    public SettingsChange? Change { get; init; }

    /// <summary>The document of settings as it is now, for a change to be made against it; null where none is asked for.</summary>
    public SettingsDocument? Document { get; init; }
}
