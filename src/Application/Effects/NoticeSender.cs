using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;
using Microsoft.Extensions.Logging;

namespace AccessFunctions.Application.Effects;

/// <summary>
/// Sends notices: every recipient through every channel, the channels beside each other. One that throws, or hangs, stops neither the others nor
/// the repeat.
/// </summary>
internal sealed partial class NoticeSender(
    IRequestReader requests, IDirectory directory, IReadOnlyList<INotificationChannel> channels, TimeProvider time, INoticeLog? log, ILogger logger)
{
    /// <summary>How long one channel may take over one notice; leases of hosts must be longer.</summary>
    public static TimeSpan ChannelTimeout { get; } = TimeSpan.FromSeconds(40);

    /// <summary>Sends one notice.</summary>
    /// <returns>What is awaited: that an emergency's notice reached an approver; else null.</returns>
    /// <exception cref="NoticeNotTakenException">Some channel threw or took too long; all others were tried.</exception>
    public async Task<Signal?> Send(string requestId, Notify effect, CancellationToken cancellation)
    {
        var request = await requests.Find(requestId, cancellation) ?? throw new InvalidOperationException($"Request {requestId} is not to be found yet.");
        return await Send($"{requestId}-{effect.Id}", effect, request, cancellation);
    }

    /// <summary>Tells another holder of a changed credential to fetch it again; once per ended grant and holder.</summary>
    public async Task FetchAgain(PlatformOrder ended, LedgerHolder holder, CancellationToken cancellation)
    {
        if (await requests.Find(holder.RequestId, cancellation) is not { } request) return;
        var effect = new Notify
        {
            Id = $"fetch-{ended.GrantId}-{holder.GrantId}",
            Kind = NoticeKind.FetchAgain,
            To = holder.Person,
            Revision = request.Revision,
            At = time.GetUtcNow(),
        };
        _ = await Send($"{holder.RequestId}-{effect.Id}", effect, request, cancellation);
    }

    private async Task<Signal?> Send(string noticeId, Notify effect, AccessRequest request, CancellationToken cancellation)
    {
        var people = directory.Current;
        List<Notice> notices = [.. Recipients(effect.To, people).Select(person => new Notice(noticeId, effect, request, person, people))];
        var sent = await Task.WhenAll(channels.Select(channel => Through(channel, notices, cancellation)));
        cancellation.ThrowIfCancellationRequested();
        await Keep(request.Id, effect, [.. sent.SelectMany(static one => one.Outcomes)], cancellation);
        var outcome = sent.Any(static one => one.Reached) ? Awaited(effect, request) : null;
        List<Exception> failures = [.. sent.SelectMany(static one => one.Failures)];
        return failures.Count == 0 ? outcome : throw new NoticeNotTakenException(noticeId, failures, outcome);
    }

    /// <summary>A record for people: that it cannot be kept now is no reason to tell somebody twice.</summary>
    private async Task Keep(string requestId, Notify effect, IReadOnlyList<NoticeOutcome> outcomes, CancellationToken cancellation)
    {
        if (log is null || channels.Count == 0 || (outcomes.Count == 0 && effect.To == Audience.Administrators)) return;
        try
        {
            // Nobody to tell: the person left.
            if (outcomes.Count == 0) outcomes = [new NoticeOutcome(effect.Kind, effect.To, null, NoticeResult.NotSent, time.GetUtcNow())];
            await log.Keep(requestId, effect.Id, outcomes, cancellation);
        }
#pragma warning disable CA1031 // Whatever the store throws.
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
        {
            NotKept(logger, failure, effect.Id, requestId);
        }
    }

    private async Task<(bool Reached, IReadOnlyList<Exception> Failures, IReadOnlyList<NoticeOutcome> Outcomes)> Through(INotificationChannel channel, IReadOnlyList<Notice> notices, CancellationToken cancellation)
    {
        using var timeout = new CancellationTokenSource(ChannelTimeout, time);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellation);
        var reached = false;
        List<Exception> failures = [];
        List<NoticeOutcome> outcomes = [];
        foreach (var notice in notices)
        {
            try
            {
                var took = await Bounded(channel.Send(notice, bound.Token), bound.Token);
                reached |= took;
                outcomes.Add(Outcome(notice, took ? NoticeResult.Sent : NoticeResult.NotSent));
            }
            catch (OperationCanceledException) when (timeout.IsCancellationRequested)
            {
                outcomes.Add(Outcome(notice, NoticeResult.Waiting, $"it did not answer within {ChannelTimeout.TotalSeconds:0} seconds"));
                failures.Add(new TimeoutException($"The channel {channel.Name} did not take it within {ChannelTimeout.TotalSeconds:0} seconds."));
            }
#pragma warning disable CA1031 // Collected, and thrown once everybody was tried.
            catch (Exception failure)
#pragma warning restore CA1031
            {
                // The type alone: what a channel says may quote an address.
                outcomes.Add(Outcome(notice, NoticeResult.Waiting, $"it failed ({failure.GetType().Name})"));
                failures.Add(failure);
            }
        }

        return (reached, failures, outcomes);

        NoticeOutcome Outcome(Notice notice, NoticeResult result, string? why = null) => new(notice.Effect.Kind, notice.To.Id, channel.Name, result, time.GetUtcNow(), why);
    }

    /// <summary>A channel that does not listen to its token is left behind: what it may still send is sent again, under the same id.</summary>
    private static async Task<bool> Bounded(Task<bool> sending, CancellationToken bound)
    {
        _ = sending.ContinueWith(static ended => ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        return await sending.WaitAsync(bound);
    }

    /// <summary>That an emergency's notice reached an approver; of nothing else a report is awaited.</summary>
    private static NoticeDelivered? Awaited(Notify effect, AccessRequest request) =>
        effect.Kind != NoticeKind.EmergencyDeclared || effect.To == Audience.Administrators || effect.To == request.Requester ? null : new NoticeDelivered
        {
            Id = Outcomes.IdOf(effect),
            By = SystemActors.Runner,
            Channel = Channel.System,
            At = default,
            Kind = effect.Kind,
            To = effect.To,
        };

    /// <summary>People who left are not told: their notice is done, undelivered.</summary>
    private static IEnumerable<Person> Recipients(string to, IPeople people)
    {
        IReadOnlyList<string> ids = to == Audience.Administrators ? people.WithRole(Roles.Admin) : [to];
        return ids.Select(people.Find).OfType<Person>().Where(person => person.Active);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What became of notice {Notice} of request {RequestId} could not be kept")]
    private static partial void NotKept(ILogger logger, Exception failure, string notice, string requestId);
}
