using System.Text.Json;
using AccessFunctions.Domain.Json;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Domain.Tests.Requests;

/// <summary>
/// A request among people, a clock and a small platform that fails, takes effect late and reports twice. Every decision is checked
/// against what must always hold. Everything random comes from the steps, so that a scenario always runs the same.
/// </summary>
internal sealed class World
{
    private static readonly string[] People = ["bob", "ben", "bea", "carol", "cleo", "alice", "eve", "dave", "mallory", "sam"];

    private readonly List<PlatformEffect> _running = [];
    private readonly List<ProvisionSucceeded> _late = [];
    private readonly HashSet<string> _live = new(StringComparer.Ordinal);
    private readonly HashSet<string> _effectIds = new(StringComparer.Ordinal);
    private readonly HashSet<string>[] _lists;
    private readonly string _name;
    private bool _foundAtStart;
    private int _ids;

    private World(Submit submit, Decision first, string name)
    {
        _name = name;
        _lists = [.. submit.Facts.Approvers.Zip(submit.Facts.EscalateTo, (approvers, more) => approvers.Concat(more).ToHashSet(StringComparer.Ordinal))];
        Now = submit.At;
        History.Add(submit);
        Request = first.State!;
        Take(first);
        Check(null, submit, first);
    }

    public AccessRequest Request { get; private set; }
    public DateTimeOffset Now { get; private set; }
    public List<Signal> History { get; } = [];
    public IReadOnlyCollection<string> Live => _live;

    /// <summary>Null where the random policy cannot be solved, or the period has no usable time.</summary>
    public static World? Start(Scenario scenario, string name = "x")
    {
        var submit = Given.Submit(scenario.Policy(), scenario.Ask());
        var decision = Decider.Decide(null, submit);
        return decision.State is null ? null : new World(submit, decision, name);
    }

    /// <summary>What people or the directory do in a step, at the present instant; null where the step is the platform's or the timer's.</summary>
    public Signal? Said(Step step) => Signals.Of(this, step, People[step.Who]);

    /// <summary>Takes one random step.</summary>
    public void Take(Step step)
    {
        Now += TimeSpan.FromMinutes(step.Minutes);
        if (Said(step) is { } signal)
        {
            Send(signal);
            return;
        }

        switch (step.What % 5)
        {
            case 0: Send(new DeadlineReached { Id = NextId(), By = SystemActors.Timer, Channel = Channel.System, At = Now }); break;
            case 1 when _late.Count > 0: Arrive(step.Throw(7, _late.Count)); break;
            default: Answer(step); break;
        }
    }

    public void MoveTo(DateTimeOffset instant) => Now = instant;

    public string NextId() => $"{_name}-{++_ids}";

    public Decision Send(Signal signal)
    {
        History.Add(signal);
        var before = Request;
        var kept = before with { };
        var decision = Decider.Decide(before, signal);
        Must(before == kept, "a decision changes the state it was given");
        Request = decision.State!;
        Take(decision);
        Check(before, signal, decision);
        return decision;
    }

    /// <summary>Answers what is in flight, well or badly.</summary>
    public void Answer(Step step)
    {
        if (_running.Count == 0) return;
        var effect = _running[0];
        _running.RemoveAt(0);
        var grant = effect.Order.GrantId;
        var bad = step.Throw(1, 10);
        switch (effect)
        {
            case Provision when bad == 0:
                Report(effect, new ProvisionFailed { Id = "", By = "", Channel = default, At = default, GrantId = "", Attempt = 0, Error = "no", Permanent = true });
                break;
            case Provision when bad < 4:
                // It timed out; sometimes it took effect all the same, or will later, and says so late.
                if (step.Throw(2, 2) == 0) _late.Add(Complete(effect, Succeeded));
                Report(effect, new ProvisionFailed { Id = "", By = "", Channel = default, At = default, GrantId = "", Attempt = 0, Error = "timeout" });
                break;
            case Provision when bad == 4:
                Report(effect, new ProvisionAwaitsPerson { Id = "", By = "", Channel = default, At = default, GrantId = "", Attempt = 0, Fulfillers = ["dave"] });
                break;
            case Provision:
                _live.Add(grant);
                if (step.Throw(3, 6) == 0) _late.Add(Complete(effect, Succeeded));
                Report(effect, Succeeded);
                break;
            case ExtendGrant when bad < 3:
                Report(effect, new ExtendFailed { Id = "", By = "", Channel = default, At = default, GrantId = "", Attempt = 0, Error = "no" });
                break;
            case ExtendGrant:
                Report(effect, new ExtendSucceeded { Id = "", By = "", Channel = default, At = default, GrantId = "", Attempt = 0 });
                break;
            case RevokeGrant when bad < 4:
                if (bad < 2) _live.Remove(grant);
                Report(effect, new RevokeFailed { Id = "", By = "", Channel = default, At = default, GrantId = "", Attempt = 0, Error = "no" });
                break;
            case RevokeGrant:
                if (bad < 9) _live.Remove(grant); // the last: it says so, and it is not
                Report(effect, new RevokeSucceeded { Id = "", By = "", Channel = default, At = default, GrantId = "", Attempt = 0 });
                break;
            case ReadBackGrant:
                // Half of them looked when they began: what arrived since then they did not see.
                var found = step.Throw(5, 2) == 0 ? _foundAtStart : _live.Contains(grant);
                var finding = found ? Finding.StillThere : bad == 0 ? Finding.AwaitsPerson : Finding.Gone;
                Report(effect, new ReadBack { Id = "", By = "", Channel = default, At = default, GrantId = "", Attempt = 0, Finding = finding, Proof = "looked", Fulfillers = ["dave"] });
                break;
        }
    }

    /// <summary>The platform answers everything well, at once.</summary>
    public void Obey()
    {
        for (var rounds = 0; _running.Count > 0; rounds++)
        {
            Must(rounds < 100, "the platform is asked without end");
            Answer(Well);
        }
    }

    /// <summary>Brings everything to its end: late answers arrive, people confirm, deadlines are delivered when they fall due.</summary>
    public void Finish()
    {
        for (var rounds = 0; ; rounds++)
        {
            if (rounds == 500) throw new InvalidOperationException($"no end is reached: {Json(Request)}");
            if (_late.Count > 0) Arrive(0);
            Obey();
            Confirm();
            if (_running.Count > 0 || _late.Count > 0) continue;
            if (Deadlines.Next(Request) is not { } next) return;
            Must(next > Request.ChangedAt, $"a deadline of {next:u} does not move on");
            if (next > Now) Now = next;
            Send(new DeadlineReached { Id = NextId(), By = SystemActors.Timer, Channel = Channel.System, At = Now });
        }
    }

    /// <summary>Delivers every deadline up to an instant exactly when it falls due, with a platform that obeys.</summary>
    public void DeliverUntil(DateTimeOffset until)
    {
        while (Deadlines.Next(Request) is { } next && next <= until)
        {
            Now = next;
            Send(new DeadlineReached { Id = NextId(), By = SystemActors.Timer, Channel = Channel.System, At = Now });
            Obey();
        }
    }

    public static string Json(AccessRequest request) => JsonSerializer.Serialize(request, DomainJson.Default.AccessRequest);

    public static void Must(bool holds, string what)
    {
        if (!holds) throw new InvalidOperationException(what);
    }

    private static readonly Step Well = Enumerable.Range(0, 1000).Select(dice => new Step(0, 0, 0, dice)).First(step => step.Throw(1, 10) == 8 && step.Throw(3, 6) != 0);

    private static readonly ProvisionSucceeded Succeeded = new() { Id = "", By = "", Channel = default, At = default, GrantId = "", Attempt = 0 };

    private void Confirm()
    {
        foreach (var grant in Request.Grants)
        {
            var facts = new ActorFacts { IsAdministrator = true };
            if (grant.State == GrantState.AwaitingFulfiller)
            {
                if (Send(new ConfirmDone { Id = NextId(), By = "dave", Channel = Channel.SignedIn, At = Now, Facts = facts, GrantId = grant.Id }).Refusal is null) _live.Add(grant.Id);
            }
            else if (grant.State == GrantState.AwaitingRemoval)
            {
                _live.Remove(grant.Id);
                Send(new ConfirmRemoved { Id = NextId(), By = "dave", Channel = Channel.SignedIn, At = Now, Facts = facts, GrantId = grant.Id });
            }
        }
    }

    private void Arrive(int index)
    {
        var late = _late[index];
        _late.RemoveAt(index);
        _live.Add(late.GrantId);
        Send(late with { Id = NextId(), At = Now });
    }

    private void Report(PlatformEffect effect, EffectOutcome outcome) => Send(Complete(effect, outcome));

    private T Complete<T>(PlatformEffect effect, T outcome) where T : EffectOutcome =>
        outcome with { Id = NextId(), By = SystemActors.Runner, Channel = Channel.System, At = Now, GrantId = effect.Order.GrantId, Attempt = effect.Attempt };

    private void Take(Decision decision)
    {
        foreach (var effect in decision.Effects)
        {
            Must(_effectIds.Add(effect.Id), $"effect {effect.Id} is asked for twice");
            if (effect is not PlatformEffect work) continue;
            Must(_running.Count == 0, "a platform effect is asked for while another runs");
            _running.Add(work);
            if (work is ReadBackGrant) _foundAtStart = _live.Contains(work.Order.GrantId);
        }
    }

    private void Check(AccessRequest? before, Signal signal, Decision decision)
    {
        var state = decision.State!;
        Must(state.InFlight is null == (_running.Count == 0), "what is in flight is not what was asked for");
        if (decision.Repeated)
        {
            Must(ReferenceEquals(before, state) && decision.Effects.Count == 0, "a repeat changes something");
            return;
        }

        Must(decision.Events.Count > 0, $"{signal.GetType().Name} leaves no event in {state.Phase}");
        Must(decision.Events.All(step => step.SignalId == signal.Id && step.At == state.ChangedAt && (step.Emergency || before?.Emergency is null)), "an event does not say what it belongs to");
        Must(state.Sequence == (before?.Sequence ?? 0) + 1, "the sequence is not the next");
        Must(Deadlines.Next(state) is not { } next || next > state.ChangedAt, $"a deadline at {Deadlines.Next(state):u} is left behind at {state.ChangedAt:u} in {state.Phase}");
        Reviews(state);

        var again = Decider.Decide(state, signal);
        Must(again.Repeated && again.Effects.Count == 0 && again.Events.Count == 0 && ReferenceEquals(again.State, state), $"{signal.GetType().Name} sent twice acts twice");
        Must(signal is DeadlineReached || again.Refusal?.Reason == decision.Refusal?.Reason, "the same signal gets another answer");
    }

    /// <summary>Seats, the requester and quorums.</summary>
    private void Reviews(AccessRequest state)
    {
        var counted = state.Reviews.Where(review => review.Counted).ToList();
        Must(counted.Select(review => review.By).Distinct(StringComparer.Ordinal).Count() == counted.Count, "a person fills two seats");
        Must(counted.Select(review => review.Seat).Distinct(StringComparer.Ordinal).Count() == counted.Count, "a seat is filled twice");
        Must(counted.All(review => _lists[review.Level - 1].Contains(review.Seat)), "a seat is not on its level");
        Must(counted.All(review => review.By != state.Requester || (state.Policy.AllowSelfApproval && review.Seat == review.By)), "the requester decides on their own request");

        var beyond = state.Phase is Phase.Scheduled or Phase.Provisioning or Phase.Active or Phase.Revoking || state is { Phase: Phase.Closed, Outcome: Outcome.Expired or Outcome.Revoked or Outcome.Released or Outcome.Failed };
        if (!beyond || state.Policy.Mode != Mode.Approve || state.Emergency is not null || state.Outcome is Outcome.Cancelled or Outcome.Lapsed) return;
        foreach (var level in state.Levels)
        {
            Must(counted.Count(review => review.Level == level.Number && review.Verdict == Verdict.Approve) >= level.ApprovalsRequired, $"{state.Phase} without the quorum of level {level.Number}");
        }
    }
}
