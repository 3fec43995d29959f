using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Policy;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application;

/// <summary>Turns an ask into the signal that submits it: the policy that governs it, and the facts its decision needs.</summary>
internal sealed class Submission(IRequestReader requests, IDirectory directory, IAccessGroups groups, IPlatforms platforms, TimeProvider time)
{
    /// <summary>The signal, or why the ask is refused before it reaches the door.</summary>
    public async Task<(Submit? Signal, Refusal? Refusal)> Prepare(Caller caller, Ask ask, string requestId, CancellationToken cancellation)
    {
        var (answer, signal) = await Resolve(caller, ask, requestId, cancellation);
        return (signal, answer.Refusal);
    }

    /// <summary>The signal of a repeat: what governs is what governed the first, so that the door compares nothing but the ask.</summary>
    public static Submit Again(Caller caller, Ask ask, AccessRequest first) => Make(caller, ask, first.Id, first.Policy, new SubmitFacts
    {
        RequesterActive = true,
        Approvers = [.. first.Levels.Select(level => level.Approvers)],
        EscalateTo = [.. first.Levels.Select(level => level.EscalateTo)],
    });

    /// <summary>A dry run: the same policy, the same facts, the same decision, and nothing kept.</summary>
    public async Task<PolicyPreview> Preview(Caller caller, Ask ask, CancellationToken cancellation)
    {
        var (answer, signal) = await Resolve(caller, ask, "r-preview", cancellation);
        var document = await Document(ask, answer, cancellation);
        if (signal is null) return new PolicyPreview(answer.Policy, answer.Refusal, answer.Why, [], null) { Document = document };

        var policy = signal.Policy;
        var decision = Decider.Decide(null, signal with { At = time.GetUtcNow() });
        IReadOnlyList<IReadOnlyList<string>> levels = policy.Mode != Mode.Approve ? []
            : [.. signal.Facts.Approvers.Select(level => level.Where(person => policy.AllowSelfApproval || person != caller.Id).ToList())];
        return new PolicyPreview(policy, decision.Refusal, answer.Why, levels, decision.State?.Period) { Change = signal.Facts.Change, Document = document };
    }

    /// <summary>The document that a change is asked for, where the policy lets the caller ask.</summary>
    private async Task<SettingsDocument?> Document(Ask ask, PolicyAnswer answer, CancellationToken cancellation) =>
        answer.Policy is not null && ask.Resources is [var resource] && SettingsOf(resource) is { } settings ? await settings.Find(Resources.PathOf(resource), cancellation) : null;

    private ISettingsPlatform? SettingsOf(string resource) => platforms.Find(Resources.PlatformOf(resource)) as ISettingsPlatform;

    private async Task<(PolicyAnswer Answer, Submit? Signal)> Resolve(Caller caller, Ask ask, string requestId, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var people = directory.Current;
        var asker = new Asker(caller.Id, caller.Person.UserName ?? caller.Id, caller.Person.Groups);
        var answer = PolicyMatch.Resolve([.. groups.All.Select(stored => stored.Group)], asker, ask, now);
        if (answer is not { Policy: { } policy, Group: { } group }) return (answer, null);
        if (Offered(ask) is { } refusal) return (answer with { Refusal = refusal }, null);
        var (change, fault) = await Change(ask, cancellation);
        if (fault is not null) return (answer with { Refusal = fault }, null);
        var facts = await Facts.OfSubmission(caller, ask, policy, group, people, requests, now, cancellation);
        return (answer, Make(caller, ask, requestId, policy, change is null ? facts : Without(Concerned(ask), facts) with { Change = change }));
    }

    private string? Concerned(Ask ask) => ask.Resources is [var resource] && SettingsOf(resource) is { } settings ? settings.Concerns(Resources.PathOf(resource)) : null;

    /// <summary>Nobody decides on what they become themselves.</summary>
    private static SubmitFacts Without(string? person, SubmitFacts facts) => person is null ? facts : facts with
    {
        Approvers = [.. facts.Approvers.Select(IReadOnlyList<string> (level) => [.. level.Where(id => id != person)])],
        EscalateTo = [.. facts.EscalateTo.Select(IReadOnlyList<string> (level) => [.. level.Where(id => id != person)])],
    };

    /// <summary>The change of a document that is asked for, or why there is none; neither where no document is.</summary>
    private async Task<(SettingsChange? Change, Refusal? Refusal)> Change(Ask ask, CancellationToken cancellation)
    {
        if (ask.Resources.Select(SettingsOf).FirstOrDefault(static settings => settings is not null) is not { } settings) return (null, null);
        var errors = new FieldErrors();
        if (ask.Resources is not [var resource])
        {
            errors.Add("resources", "a request changes one document: make one for each");
            return (null, errors.ToRefusal());
        }

        var change = await settings.Read(Resources.PathOf(resource), ask.Parameters, errors, cancellation);
        return (change, errors.ToRefusal());
    }

    /// <summary>Every resource's platform has to be there and provision the kind: policy may be written before its platform is.</summary>
    private Refusal? Offered(Ask ask)
    {
        var errors = new FieldErrors();
        for (var i = 0; i < ask.Resources.Count; i++)
        {
            var name = Resources.PlatformOf(ask.Resources[i]);
            if (platforms.Giving(name) is not { } platform) errors.Add($"resources[{i}]", $"there is no platform \"{name}\"");
            else if (!platform.Kinds.Contains(ask.Kind)) errors.Add($"resources[{i}]", $"\"{name}\" does not provide {ask.Kind}; it provides {string.Join(", ", platform.Kinds)}");
        }

        return errors.ToRefusal();
    }

    private static Submit Make(Caller caller, Ask ask, string requestId, RequestPolicy policy, SubmitFacts facts) => new()
    {
        // The request's id already says who asked with which key.
        Id = requestId,
        By = caller.Id,
        Channel = caller.Channel,
        At = default,
        Address = caller.Address,
        RequestId = requestId,
        Ask = ask,
        Policy = policy,
        Facts = facts,
    };
}
