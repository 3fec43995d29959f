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
    private readonly object _dependencies = (workflow, requests, directory, groups, platforms, time);

    /// <summary>Submits. The request's id derives from (person, <paramref name="idempotencyKey"/>), so that a repeat finds the first.</summary>
    public Task<SignalAnswer> Submit(Caller caller, Ask ask, string idempotencyKey, CancellationToken cancellation) => throw new NotSupportedException($"{_dependencies}");

    /// <summary>Says which rule applies to such an ask, why, who would decide and for how long; stores nothing.</summary>
    public Task<PolicyPreview> Preview(Caller caller, Ask ask, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<SignalAnswer> Approve(Caller caller, string id, string signalId, ApproveInput input, CancellationToken cancellation) => throw new NotSupportedException();
    public Task<SignalAnswer> Deny(Caller caller, string id, string signalId, int revision, string? comment, CancellationToken cancellation) => throw new NotSupportedException();
    public Task<SignalAnswer> Cancel(Caller caller, string id, string signalId, CancellationToken cancellation) => throw new NotSupportedException();
    public Task<SignalAnswer> DeclareEmergency(Caller caller, string id, string signalId, string justification, CancellationToken cancellation) => throw new NotSupportedException();
    public Task<SignalAnswer> Ratify(Caller caller, string id, string signalId, EmergencyVerdict verdict, string? comment, CancellationToken cancellation) => throw new NotSupportedException();
    public Task<SignalAnswer> Revoke(Caller caller, string id, string signalId, string comment, CancellationToken cancellation) => throw new NotSupportedException();
    public Task<SignalAnswer> Release(Caller caller, string id, string signalId, CancellationToken cancellation) => throw new NotSupportedException();
    public Task<SignalAnswer> Extend(Caller caller, string id, string signalId, DateTimeOffset end, CancellationToken cancellation) => throw new NotSupportedException();

    /// <param name="grantId">Null: the only grant that awaits it.</param>
    public Task<SignalAnswer> ConfirmDone(Caller caller, string id, string signalId, string? grantId, string? comment, CancellationToken cancellation) => throw new NotSupportedException();

    /// <param name="grantId">Null: the only grant that awaits it.</param>
    public Task<SignalAnswer> ConfirmRemoved(Caller caller, string id, string signalId, string? grantId, string? comment, CancellationToken cancellation) => throw new NotSupportedException();

    /// <summary>Records the look, and only then reads the secret from its platform.</summary>
    /// <param name="grantId">Null: the only grant.</param>
    /// <returns>The secret is null where the answer is a refusal, or the kind has none.</returns>
    public Task<(SignalAnswer Answer, ReleasedSecret? Secret)> LookAtSecret(Caller caller, string id, string signalId, string? grantId, CancellationToken cancellation) => throw new NotSupportedException();

    /// <summary>The request, where the caller may see it (requester, approver or stand-in of any level, fulfiller, Admin, Auditor); else null.</summary>
    public Task<AccessRequest?> Find(Caller caller, string id, CancellationToken cancellation) => throw new NotSupportedException();

    /// <summary>Lists what the caller may see.</summary>
    /// <param name="mine">Only the caller's own.</param>
    /// <param name="toReview">Only those that wait for the caller's decision, own seat or stood-in for.</param>
    public Task<Page<AccessRequest>> List(Caller caller, RequestFilter filter, bool mine, bool toReview, string? cursor, int limit, CancellationToken cancellation) => throw new NotSupportedException();

    /// <summary>What this caller may do now, as the words of the routes: <c>approve</c>, <c>deny</c>, <c>cancel</c>, <c>emergency</c>, <c>revoke</c>, <c>release</c>, <c>extend</c>, <c>ratify</c>, <c>secret</c>, <c>confirm-done</c>, <c>confirm-removed</c>.</summary>
    public IReadOnlyList<string> Actions(Caller caller, AccessRequest request) => throw new NotSupportedException();
}

/// <summary>An approval as its sender gave it; null leaves what is asked.</summary>
public sealed record ApproveInput(int Revision, string? Comment, DateTimeOffset? Start, DateTimeOffset? End, string? Role, string? Identity);

/// <summary>Which rule applies, and what would follow.</summary>
/// <param name="Refusal">Why such an ask would be refused; null where it would be taken.</param>
/// <param name="Levels">Who would decide, level by level; empty where nobody is asked.</param>
public sealed record PolicyPreview(
    RequestPolicy? Policy, Refusal? Refusal, IReadOnlyList<string> Why, IReadOnlyList<IReadOnlyList<string>> Levels, Period? Period);
