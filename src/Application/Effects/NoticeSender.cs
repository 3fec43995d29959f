using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application.Effects;

/// <summary>Sends notices: every recipient through every channel. A channel that throws stops neither the others nor the repeat.</summary>
internal sealed class NoticeSender(IRequestReader requests, IDirectory directory, IReadOnlyList<INotificationChannel> channels, TimeProvider time)
{
    /// <summary>Sends one notice.</summary>
    /// <returns>What is awaited: that an emergency's notice reached an approver; else null.</returns>
    /// <exception cref="AggregateException">Some channel threw; all others were tried. Repeating is safe.</exception>
    public async Task<Signal?> Send(string requestId, Notify effect, CancellationToken cancellation)
    {
        var request = await requests.Find(requestId, cancellation) ?? throw new InvalidOperationException($"Request {requestId} is not to be found yet.");
        var reached = await Send($"{requestId}-{effect.Id}", effect, request, cancellation);
        if (!reached || effect.Kind != NoticeKind.EmergencyDeclared || effect.To == Audience.Administrators || effect.To == request.Requester) return null;
        return new NoticeDelivered
        {
            Id = Outcomes.IdOf(effect),
            By = SystemActors.Runner,
            Channel = Channel.System,
            At = default,
            Kind = effect.Kind,
            To = effect.To,
        };
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

    private async Task<bool> Send(string noticeId, Notify effect, AccessRequest request, CancellationToken cancellation)
    {
        var people = directory.Current;
        var reached = false;
        List<Exception> failures = [];
        foreach (var person in Recipients(effect.To, people))
        {
            foreach (var channel in channels)
            {
                try
                {
                    reached |= await channel.Send(new Notice(noticeId, effect, request, person, people), cancellation);
                }
#pragma warning disable CA1031 // Collected, and thrown once everybody was tried.
                catch (Exception failure) when (!cancellation.IsCancellationRequested)
#pragma warning restore CA1031
                {
                    failures.Add(failure);
                }
            }
        }

        return failures.Count == 0 ? reached : throw new AggregateException($"Notice {noticeId} was not taken by every channel.", failures);
    }

    /// <summary>People who left are not told: their notice is done, undelivered.</summary>
    private static IEnumerable<Person> Recipients(string to, IPeople people)
    {
        IReadOnlyList<string> ids = to == Audience.Administrators ? people.WithRole(Roles.Admin) : [to];
        return ids.Select(people.Find).OfType<Person>().Where(person => person.Active);
    }
}
