using AccessFunctions.Domain.Audit;
using AccessFunctions.Domain.Requests;
using Xunit;

namespace AccessFunctions.Domain.Tests.Requests;

/// <summary>
/// No signal goes without an event, taken or refused, and every event says who, through what, what, on what, when, with which outcome, and
/// whether it was part of an emergency. Types are walked by reflection: a new one fails here until its events are there.
/// </summary>
public sealed class EventTests
{
    /// <summary>Facts that change nothing leave no trace, and are never refused: the timer's, the directory's, a notice's.</summary>
    private static readonly Type[] Facts = [typeof(DeadlineReached), typeof(NoticeDelivered), typeof(DirectoryChanged)];

    /// <summary>What each effect comes back as. A notice's outcome is kept by notice; only that of an emergency is awaited.</summary>
    private static readonly Dictionary<Type, Type[]> Outcomes = new()
    {
        [typeof(Provision)] = [typeof(ProvisionSucceeded), typeof(ProvisionFailed), typeof(ProvisionAwaitsPerson)],
        [typeof(ExtendGrant)] = [typeof(ExtendSucceeded), typeof(ExtendFailed)],
        [typeof(RevokeGrant)] = [typeof(RevokeSucceeded), typeof(RevokeFailed)],
        [typeof(ReadBackGrant)] = [typeof(ReadBack)],
        [typeof(Notify)] = [typeof(NoticeDelivered)],
    };

    public static TheoryData<string> Signals => [.. Concrete<Signal>().Select(static type => type.Name)];

    public static TheoryData<string> Acts => [.. Concrete<Signal>().Except(Facts).Select(static type => type.Name)];

    [Theory]
    [MemberData(nameof(Signals))]
    public void ASignalThatIsTaken_LeavesAnEvent(string name)
    {
        var (state, signal) = Taken(name);
        var decision = Decider.Decide(state, signal);
        Assert.Null(decision.Refusal);
        Assert.NotEmpty(decision.Events);
        Assert.All(decision.Events, happened => Says(happened, signal, decision.State!));
        if (signal.Channel != Channel.System) Assert.Contains(decision.Events, happened => happened.Actor == signal.By && happened.Channel == signal.Channel.ToString() && happened.Detail?.Address == signal.Address);
    }

    [Theory]
    [MemberData(nameof(Acts))]
    public void ASignalThatIsRefused_LeavesAnEventThatSaysWhy(string name)
    {
        var state = name == nameof(Submit) ? null : Story.Of().Accepts(Given.Deny("bob")).Request;
        var signal = LegalityTests.Sent(Type(name), state) with { Address = "192.0.2.7" };
        if (signal is Submit submit) signal = submit with { Facts = submit.Facts with { RequesterActive = false } };
        var decision = Decider.Decide(state, signal);
        Assert.NotNull(decision.Refusal);
        var happened = Assert.Single(decision.Events, happened => happened.Type == EventTypes.Request.Refused);
        Assert.Equal((signal.By, signal.Channel.ToString(), signal.At, false), (happened.Actor, happened.Channel, happened.At, happened.Succeeded));
        Assert.Equal(decision.Refusal.Reason.ToString(), happened.Reason);
        Assert.Equal((signal.Id, "192.0.2.7", decision.Refusal.Detail), (happened.SignalId, happened.Detail?.Address, happened.Detail?.Text));
        Assert.Equal(state?.Id, happened.RequestId);
    }

    [Theory]
    [MemberData(nameof(LegalityTests.Cells), MemberType = typeof(LegalityTests))]
    public void ASignalInAnyPhase_LeavesAnEvent_OrNothingChanged(string name, string phase)
    {
        if (phase == "none" && name != nameof(Submit)) return; // whoever asks for what is not there is refused outside, where that is recorded
        var state = phase == "none" ? null : LegalityTests.State(Enum.Parse<Phase>(phase), Type(name));
        var decision = Decider.Decide(state, LegalityTests.Sent(Type(name), state));
        if (decision.Repeated) Assert.Contains(Type(name), Facts);
        else Assert.NotEmpty(decision.Events);
    }

    [Fact]
    public void EveryEffect_ComesBackAsASignal()
    {
        Assert.Equal(Concrete<Effect>().Select(static type => type.Name).Order(StringComparer.Ordinal), Outcomes.Keys.Select(static type => type.Name).Order(StringComparer.Ordinal));
        Assert.Equal(Concrete<EffectOutcome>().Append(typeof(NoticeDelivered)).Select(static type => type.Name).Order(StringComparer.Ordinal),
            Outcomes.Values.SelectMany(static types => types).Select(static type => type.Name).Order(StringComparer.Ordinal));
    }

    private static void Says(AuditEvent happened, Signal signal, AccessRequest request)
    {
        Assert.Contains(happened.Type, Known);
        Assert.False(string.IsNullOrEmpty(happened.Actor));
        Assert.False(string.IsNullOrEmpty(happened.Channel));
        Assert.Equal(signal.At, happened.At);
        Assert.Equal((request.Id, request.Requester, signal.Id), (happened.RequestId, happened.Requester, happened.SignalId));
        Assert.NotNull(happened.Resource);
        Assert.NotNull(happened.Phase);
        Assert.NotNull(happened.Revision);
        Assert.NotNull(happened.PeriodEnd);
        Assert.Equal(request.Emergency is not null, happened.Emergency);
        if (happened.Type.StartsWith("access.grant.", StringComparison.Ordinal)) Assert.NotNull(happened.GrantId);
    }

    /// <summary>The first phase of the table in which the signal is taken; facts in a state that they change.</summary>
    private static (AccessRequest? State, Signal Signal) Taken(string name)
    {
        var type = Type(name);
        if (type == typeof(DeadlineReached)) return (Story.Active().Request, Given.Timer(10_000_000));
        if (type == typeof(NoticeDelivered)) return (Story.Of().Accepts(Given.Emergency(1)).Request, Given.Delivered(6));
        AccessRequest?[] states = [null, .. Enum.GetValues<Phase>().Select(phase => LegalityTests.State(phase, type))];
        return states.Select(state => (State: state, Signal: LegalityTests.Sent(type, state) with { Address = type.IsSubclassOf(typeof(EffectOutcome)) || Facts.Contains(type) ? null : "192.0.2.7" }))
            .First(pair => Decider.Decide(pair.State, pair.Signal) is { Refusal: null, Repeated: false });
    }

    private static readonly HashSet<string> Known =
        [.. typeof(EventTypes).GetNestedTypes().SelectMany(static group => group.GetFields()).Select(static field => (string)field.GetRawConstantValue()!)];

    private static Type Type(string name) => Concrete<Signal>().Single(type => type.Name == name);

    private static IEnumerable<Type> Concrete<T>() => typeof(T).Assembly.GetTypes().Where(static type => type.IsSubclassOf(typeof(T)) && !type.IsAbstract);
}
