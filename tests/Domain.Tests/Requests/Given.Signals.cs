using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Domain.Tests.Requests;

/// <summary>The rarer signals, each with the actor who is usually entitled to it; minutes count from noon.</summary>
public static partial class Given
{
    public static LevelPolicy Level(params string[] approvers) => new() { Approvers = approvers };

    /// <summary>The usual policy with these levels.</summary>
    public static RequestPolicy Levels(params LevelPolicy[] levels) => Policy with { Levels = levels };

    public static Cancel Cancel(double minutes, string by = "alice") => new() { Id = $"s-cancel-{by}-{minutes}", By = by, Channel = Channel.SignedIn, At = At(minutes), Facts = Facts(by) };

    public static DeclareEmergency Emergency(double minutes, string by = "alice", string justification = "the site is down", EmergencyFacts? facts = null) => new()
    {
        Id = $"s-emergency-{by}-{minutes}",
        By = by,
        Channel = Channel.SignedIn,
        At = At(minutes),
        Facts = Facts(by),
        Justification = justification,
        Emergency = facts ?? EmergencyFacts.None,
    };

    public static Ratify Ratify(double minutes, string by = "bob", EmergencyVerdict verdict = EmergencyVerdict.Ratified) =>
        new() { Id = $"s-ratify-{by}-{minutes}", By = by, Channel = Channel.SignedIn, At = At(minutes), Facts = Facts(by), Verdict = verdict };

    public static Revoke Revoke(double minutes, string by = "carol", string comment = "no longer needed") =>
        new() { Id = $"s-revoke-{by}-{minutes}", By = by, Channel = Channel.SignedIn, At = At(minutes), Facts = Facts(by), Comment = comment };

    public static Release Release(double minutes, string by = "alice") => new() { Id = $"s-release-{by}-{minutes}", By = by, Channel = Channel.SignedIn, At = At(minutes), Facts = Facts(by) };

    public static Extend Extend(double minutes, double end, string by = "alice") =>
        new() { Id = $"s-extend-{by}-{minutes}", By = by, Channel = Channel.SignedIn, At = At(minutes), Facts = Facts(by), End = At(end) };

    public static SecretLooked Look(double minutes, string by = "alice", string grant = "r-1.1") =>
        new() { Id = $"s-look-{by}-{minutes}", By = by, Channel = Channel.SignedIn, At = At(minutes), Facts = Facts(by), GrantId = grant };

    public static RecordingViewed View(double minutes, string by = "alice", string grant = "r-1.1") =>
        new() { Id = $"s-view-{by}-{minutes}", By = by, Channel = Channel.SignedIn, At = At(minutes), Facts = Facts(by), GrantId = grant };

    public static ConfirmDone Done(double minutes, string by = "dave", string grant = "r-1.1") =>
        new() { Id = $"s-done-{by}-{minutes}", By = by, Channel = Channel.SignedIn, At = At(minutes), Facts = Facts(by), GrantId = grant };

    public static ConfirmRemoved ConfirmRemoved(double minutes, string by = "dave", string grant = "r-1.1") =>
        new() { Id = $"s-gone-{by}-{minutes}", By = by, Channel = Channel.SignedIn, At = At(minutes), Facts = Facts(by), GrantId = grant };

    public static NoticeDelivered Delivered(double minutes, string to = "bob", NoticeKind kind = NoticeKind.EmergencyDeclared) =>
        new() { Id = $"n-{to}-{minutes}", By = SystemActors.Runner, Channel = Channel.System, At = At(minutes), Kind = kind, To = to };

    public static AccessReturned Returned(double minutes, string grant = "r-1.1") =>
        new() { Id = $"returned-{minutes}", By = SystemActors.Reconciler, Channel = Channel.System, At = At(minutes), GrantId = grant, Evidence = "a membership of alice" };

    /// <summary>The directory as it is without some people: those of the request's lists who did not leave.</summary>
    public static DirectoryChanged Left(AccessRequest request, double minutes, params string[] gone) => new()
    {
        Id = $"d-{minutes}",
        By = SystemActors.Directory,
        Channel = Channel.System,
        At = At(minutes),
        RequesterActive = !gone.Contains(request.Requester),
        Approvers = [.. request.Levels.Select(level => level.Approvers.Except(gone).ToArray())],
        EscalateTo = [.. request.Levels.Select(level => level.EscalateTo.Except(gone).ToArray())],
    };

    public static ProvisionSucceeded Provisioned(AccessRequest request, double minutes, string? alreadyHeld = null) =>
        Outcome(request, new ProvisionSucceeded { Id = "", By = "", Channel = Channel.System, At = At(minutes), GrantId = "", Attempt = 0, AlreadyHeld = alreadyHeld });

    public static ProvisionFailed NotProvisioned(AccessRequest request, double minutes, bool permanent = false) =>
        Outcome(request, new ProvisionFailed { Id = "", By = "", Channel = Channel.System, At = At(minutes), GrantId = "", Attempt = 0, Error = "connection refused", Permanent = permanent });

    public static ProvisionAwaitsPerson Awaited(AccessRequest request, double minutes, params string[] fulfillers) =>
        Outcome(request, new ProvisionAwaitsPerson { Id = "", By = "", Channel = Channel.System, At = At(minutes), GrantId = "", Attempt = 0, Fulfillers = fulfillers });

    public static ExtendSucceeded Extended(AccessRequest request, double minutes) =>
        Outcome(request, new ExtendSucceeded { Id = "", By = "", Channel = Channel.System, At = At(minutes), GrantId = "", Attempt = 0 });

    public static ExtendFailed NotExtended(AccessRequest request, double minutes) =>
        Outcome(request, new ExtendFailed { Id = "", By = "", Channel = Channel.System, At = At(minutes), GrantId = "", Attempt = 0, Error = "connection refused" });

    public static RevokeSucceeded Removed(AccessRequest request, double minutes) =>
        Outcome(request, new RevokeSucceeded { Id = "", By = "", Channel = Channel.System, At = At(minutes), GrantId = "", Attempt = 0 });

    public static RevokeFailed NotRemoved(AccessRequest request, double minutes) =>
        Outcome(request, new RevokeFailed { Id = "", By = "", Channel = Channel.System, At = At(minutes), GrantId = "", Attempt = 0, Error = "connection refused" });

    public static ReadBack LookedBack(AccessRequest request, double minutes, Finding finding = Finding.Gone, params string[] fulfillers) =>
        Outcome(request, new ReadBack { Id = "", By = "", Channel = Channel.System, At = At(minutes), GrantId = "", Attempt = 0, Finding = finding, Proof = "looked", Fulfillers = fulfillers });

    public static DateTimeOffset At(double minutes) => Noon.AddMinutes(minutes);

    /// <summary>Completes an outcome as the runner would: of the attempt in flight, or of the first grant's first where none is.</summary>
    private static T Outcome<T>(AccessRequest request, T outcome) where T : EffectOutcome => outcome with
    {
        Id = $"o-{typeof(T).Name}-{request.Sequence}",
        By = SystemActors.Runner,
        GrantId = request.InFlight?.GrantId ?? request.Grants[0].Id,
        Attempt = request.InFlight?.Attempt ?? 1,
    };
}
