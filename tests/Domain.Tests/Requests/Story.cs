using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;
using Xunit;

namespace AccessFunctions.Domain.Tests.Requests;

/// <summary>One request's life as a test tells it: each step is sent, and what it led to can be asked.</summary>
internal sealed class Story
{
    private Story(AccessRequest request) => Request = request;

    public AccessRequest Request { get; private set; }
    public Decision Last { get; private set; } = null!;
    public Phase Phase => Request.Phase;

    public static Story Of(RequestPolicy? policy = null, Ask? ask = null, IReadOnlyList<PlatformIdentity>? identities = null)
    {
        var decision = Decider.Decide(null, Given.Submit(policy, ask, identities: identities));
        Assert.Null(decision.Refusal);
        return new Story(decision.State!) { Last = decision };
    }

    public static Story From(AccessRequest request) => new(request);

    /// <summary>Approved by bob and carol at minute 1, with the platform asked for the access.</summary>
    public static Story Provisioning(RequestPolicy? policy = null, Ask? ask = null, IReadOnlyList<PlatformIdentity>? identities = null) =>
        Of(policy, ask, identities).Accepts(Given.Approve("bob")).Accepts(Given.Approve("carol"));

    /// <summary>Active from minute 2 on, for an hour from minute 1.</summary>
    public static Story Active(RequestPolicy? policy = null, Ask? ask = null) => Provisioning(policy, ask).Platform(request => Given.Provisioned(request, 2));

    /// <summary>Revoked by carol at minute 3; the removal is in flight.</summary>
    public static Story Revoking(RequestPolicy? policy = null, Ask? ask = null) => Active(policy, ask).Accepts(Given.Revoke(3));

    /// <summary>Proven gone at minute 5.</summary>
    public static Story Closed(RequestPolicy? policy = null) => Revoking(policy).Platform(request => Given.Removed(request, 4)).Platform(request => Given.LookedBack(request, 5));

    public Story Accepts(params Signal[] signals)
    {
        foreach (var signal in signals)
        {
            Last = Decider.Decide(Request, signal);
            Assert.True(Last.Refusal is null, $"{signal.GetType().Name} by {signal.By} was refused: {Last.Refusal}");
            Request = Last.State!;
        }

        return this;
    }

    public Story Refuses(Signal signal, RefusalReason reason)
    {
        Last = Decider.Decide(Request, signal);
        Assert.Equal(reason, Last.Refusal?.Reason);
        Request = Last.State!;
        return this;
    }

    /// <summary>The platform's answer to what is in flight.</summary>
    public Story Platform(Func<AccessRequest, Signal> answer) => Accepts(answer(Request));

    public Story Is(Phase phase, Outcome? outcome = null)
    {
        Assert.Equal((phase, outcome), (Request.Phase, Request.Outcome));
        return this;
    }

    public Story Runs(Work? work)
    {
        Assert.Equal(work, Request.InFlight?.Work);
        return this;
    }

    /// <summary>Who the last step told this, in ordinal order, separated by spaces.</summary>
    public string Told(NoticeKind kind) => string.Join(' ', Last.Effects.OfType<Notify>().Where(notice => notice.Kind == kind).Select(notice => notice.To).Order(StringComparer.Ordinal));

    /// <summary>The types of the last step's events.</summary>
    public IEnumerable<string> Events => Last.Events.Select(step => step.Type);

    public Grant Grant => Request.Grants[0];
}
