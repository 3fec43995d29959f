using AccessFunctions.Domain.Requests;
using Xunit;
using static AccessFunctions.Domain.Requests.RefusalReason;

namespace AccessFunctions.Domain.Tests.Requests;

/// <summary>
/// Every signal in every phase: the phase it leads to, or the reason it is refused with. Each is sent by whoever is entitled to it, in the
/// state of that phase in which it makes most sense (the outcome of what is in flight, a review of an emergency that owes one).
/// </summary>
public sealed class LegalityTests
{
    private static readonly Phase[] Phases = Enum.GetValues<Phase>();

    /// <summary>Columns: no request, then the phases in their order: Open, Scheduled, Provisioning, Active, Revoking, Closed, Denied.</summary>
    private static readonly (Type Signal, Enum[] Expected)[] Table =
    [
        (typeof(Submit), [Phase.Open, AlreadySubmitted, AlreadySubmitted, AlreadySubmitted, AlreadySubmitted, AlreadySubmitted, AlreadySubmitted, AlreadySubmitted]),
        (typeof(Approve), [NotFound, Phase.Open, AlreadySettled, AlreadySettled, AlreadySettled, AlreadySettled, NoActionsAvailable, NoActionsAvailable]),
        (typeof(Deny), [NotFound, Phase.Denied, AlreadySettled, AlreadySettled, AlreadySettled, AlreadySettled, NoActionsAvailable, NoActionsAvailable]),
        (typeof(Cancel), [NotFound, Phase.Closed, NotNow, NotNow, NotNow, NotNow, NoActionsAvailable, NoActionsAvailable]),
        (typeof(DeclareEmergency), [NotFound, Phase.Provisioning, Phase.Provisioning, NotNow, NotNow, NotNow, NoActionsAvailable, NoActionsAvailable]),
        (typeof(Ratify), [NotFound, ReviewNotOwed, ReviewNotOwed, Phase.Provisioning, Phase.Active, Phase.Revoking, Phase.Closed, NoActionsAvailable]),
        (typeof(Revoke), [NotFound, NotNow, Phase.Closed, Phase.Revoking, Phase.Revoking, AlreadySettled, NoActionsAvailable, NoActionsAvailable]),
        (typeof(Release), [NotFound, NotNow, Phase.Closed, Phase.Revoking, Phase.Revoking, AlreadySettled, NoActionsAvailable, NoActionsAvailable]),
        (typeof(Extend), [NotFound, NotNow, NotNow, NotNow, Phase.Active, NotNow, NoActionsAvailable, NoActionsAvailable]),
        (typeof(DeadlineReached), [NotFound, Phase.Open, Phase.Scheduled, Phase.Provisioning, Phase.Active, Phase.Revoking, Phase.Closed, Phase.Denied]),
        (typeof(ProvisionSucceeded), [NotFound, NotNow, NotNow, Phase.Active, Phase.Active, Phase.Revoking, Phase.Revoking, NotNow]),
        (typeof(ProvisionFailed), [NotFound, NotNow, NotNow, Phase.Provisioning, NotNow, NotNow, NotNow, NotNow]),
        (typeof(ProvisionAwaitsPerson), [NotFound, NotNow, NotNow, Phase.Provisioning, NotNow, NotNow, NotNow, NotNow]),
        (typeof(ExtendSucceeded), [NotFound, NotNow, NotNow, NotNow, Phase.Active, NotNow, NotNow, NotNow]),
        (typeof(ExtendFailed), [NotFound, NotNow, NotNow, NotNow, Phase.Active, NotNow, NotNow, NotNow]),
        (typeof(RevokeSucceeded), [NotFound, NotNow, NotNow, NotNow, NotNow, Phase.Revoking, NotNow, NotNow]),
        (typeof(RevokeFailed), [NotFound, NotNow, NotNow, NotNow, NotNow, Phase.Revoking, NotNow, NotNow]),
        (typeof(ReadBack), [NotFound, NotNow, NotNow, NotNow, NotNow, Phase.Closed, NotNow, NotNow]),
        (typeof(ConfirmDone), [NotFound, NotNow, NotNow, Phase.Active, NotNow, NotNow, NoActionsAvailable, NoActionsAvailable]),
        (typeof(ConfirmRemoved), [NotFound, NotNow, NotNow, NotNow, NotNow, Phase.Closed, NoActionsAvailable, NoActionsAvailable]),
        (typeof(SecretLooked), [NotFound, NotNow, NotNow, NotNow, Phase.Active, NotNow, NoActionsAvailable, NoActionsAvailable]),
        (typeof(RecordingViewed), [NotFound, NotNow, NotNow, NotNow, Phase.Active, NotNow, NoActionsAvailable, NoActionsAvailable]),
        (typeof(NoticeDelivered), [NotFound, Phase.Open, Phase.Scheduled, Phase.Provisioning, Phase.Active, Phase.Revoking, Phase.Closed, Phase.Denied]),
        (typeof(AccessReturned), [NotFound, NotNow, NotNow, NotNow, NotNow, NotNow, Phase.Revoking, NotNow]),
        (typeof(DirectoryChanged), [NotFound, Phase.Closed, Phase.Closed, Phase.Revoking, Phase.Revoking, Phase.Revoking, Phase.Closed, Phase.Denied]),
    ];

    /// <summary>Every type of signal.</summary>
    internal static IReadOnlyList<Type> Signals { get; } = [.. Table.Select(row => row.Signal)];

    public static TheoryData<string, string> Cells()
    {
        var cells = new TheoryData<string, string>();
        foreach (var (signal, _) in Table)
        {
            cells.Add(signal.Name, "none");
            foreach (var phase in Phases) cells.Add(signal.Name, phase.ToString());
        }

        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void Signal_InPhase_LeadsToWhatTheTableSays(string signalName, string phaseName)
    {
        var (type, expected) = Table.Single(row => row.Signal.Name == signalName);
        Phase? phase = phaseName == "none" ? null : Enum.Parse<Phase>(phaseName);
        var state = phase is { } given ? State(given, type) : null;
        Assert.Equal(phase, state?.Phase);

        var decision = Decider.Decide(state, Sent(type, state));
        var wanted = expected[phase is { } column ? (int)column + 1 : 0];
        if (wanted is RefusalReason reason)
        {
            Assert.Equal(reason, decision.Refusal?.Reason);
            Assert.Equal(phase, decision.State?.Phase);
            Assert.Empty(decision.Effects);
        }
        else
        {
            Assert.Null(decision.Refusal);
            Assert.Equal(wanted, decision.State?.Phase);
        }
    }

    [Fact]
    public void Table_HasEverySignalAndEveryPhase()
    {
        var signals = typeof(Signal).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Signal)) && !type.IsAbstract).Select(type => type.Name).Order(StringComparer.Ordinal);
        Assert.Equal(signals, Table.Select(row => row.Signal.Name).Order(StringComparer.Ordinal));
        Assert.All(Table, row => Assert.Equal(Phases.Length + 1, row.Expected.Length));
    }

    internal static AccessRequest State(Phase phase, Type signal)
    {
        var emergency = signal == typeof(Ratify);
        return (phase switch
        {
            Phase.Open => Story.Of(),
            Phase.Scheduled => Story.Provisioning(ask: Given.Ask with { Start = Given.At(60) }),
            Phase.Provisioning when emergency => Story.Of().Accepts(Given.Emergency(1)),
            Phase.Provisioning when signal == typeof(ConfirmDone) => Story.Provisioning().Platform(request => Given.Awaited(request, 2, "fred")),
            Phase.Provisioning => Story.Provisioning(),
            Phase.Active when emergency => Story.Of().Accepts(Given.Emergency(1)).Platform(request => Given.Provisioned(request, 2)),
            Phase.Active when signal == typeof(ExtendSucceeded) || signal == typeof(ExtendFailed) => Story.Active().Accepts(Given.Extend(3, end: 90)),
            Phase.Active => Story.Active(),
            Phase.Revoking when emergency => Story.Of().Accepts(Given.Emergency(1), Given.Release(2)),
            Phase.Revoking when signal == typeof(ReadBack) => Story.Revoking().Platform(request => Given.Removed(request, 4)),
            Phase.Revoking when signal == typeof(ConfirmRemoved) => Story.Revoking().Platform(request => Given.Removed(request, 4)).Platform(request => Given.LookedBack(request, 5, Finding.AwaitsPerson)),
            Phase.Revoking => Story.Revoking(),
            Phase.Closed when emergency => Story.Of().Accepts(Given.Emergency(1), Given.Release(2))
                .Platform(request => Given.NotProvisioned(request, 3)).Platform(request => Given.Removed(request, 4)).Platform(request => Given.LookedBack(request, 5)),
            Phase.Closed => Story.Closed(),
            Phase.Denied => Story.Of().Accepts(Given.Deny("bob")),
        }).Request;
    }

    internal static Signal Sent(Type type, AccessRequest? state)
    {
        state ??= Given.Open();
        const double minute = 6;
        return type.Name switch
        {
            nameof(Submit) => Given.Submit() with { Id = "s-first" },
            nameof(Approve) => Given.Approve("bob", minute),
            nameof(Deny) => Given.Deny("bob", minute),
            nameof(Cancel) => Given.Cancel(minute),
            nameof(DeclareEmergency) => Given.Emergency(minute),
            nameof(Ratify) => Given.Ratify(minute),
            nameof(Revoke) => Given.Revoke(minute),
            nameof(Release) => Given.Release(minute),
            nameof(Extend) => Given.Extend(minute, end: 90),
            nameof(DeadlineReached) => Given.Timer(minute),
            nameof(ProvisionSucceeded) => Given.Provisioned(state, minute),
            nameof(ProvisionFailed) => Given.NotProvisioned(state, minute),
            nameof(ProvisionAwaitsPerson) => Given.Awaited(state, minute, "fred"),
            nameof(ExtendSucceeded) => Given.Extended(state, minute),
            nameof(ExtendFailed) => Given.NotExtended(state, minute),
            nameof(RevokeSucceeded) => Given.Removed(state, minute),
            nameof(RevokeFailed) => Given.NotRemoved(state, minute),
            nameof(ReadBack) => Given.LookedBack(state, minute),
            nameof(ConfirmDone) => Given.Done(minute),
            nameof(ConfirmRemoved) => Given.ConfirmRemoved(minute),
            nameof(SecretLooked) => Given.Look(minute),
            nameof(RecordingViewed) => Given.View(minute),
            nameof(NoticeDelivered) => Given.Delivered(minute),
            nameof(AccessReturned) => Given.Returned(minute),
            nameof(DirectoryChanged) => Given.Left(state, minute, "alice"),
            _ => throw new ArgumentOutOfRangeException(nameof(type), type.Name, "Say how this signal is sent."),
        };
    }
}
