using AccessFunctions.Application;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Integrations.Mail;

/// <summary>The names, times and phrases that one notice is worded with, seen by its reader.</summary>
internal sealed class NoticeText(Notice notice, MailActions? actions = null)
{
    /// <summary>What the mail lets its reader do by itself.</summary>
    public MailActions Actions { get; } = actions ?? MailActions.None;

    public AccessRequest Request => notice.Request;

    public Notify Effect => notice.Effect;

    /// <summary>The reader is the requester.</summary>
    public bool Own => notice.To.Id == Request.Requester;

    public string Requester => Name(Request.Requester);

    /// <summary>Who caused it; null where it was no person.</summary>
    public string? By => Person(Effect.By);

    /// <summary>The decision that is asked for is still open, at this level and revision.</summary>
    public bool Pending => Request.Phase == Phase.Open && Request.Level == Effect.Level && Request.Revision == Effect.Revision;

    /// <summary>The reader's own decision on it counts.</summary>
    public bool HasDecided => Request.Reviews.Any(review => review.Counted && review.By == notice.To.Id);

    /// <summary>The level counts no approval through a link in a mail.</summary>
    public bool NeedsSignIn => MailActions.NeedsSignIn(notice);

    /// <summary>What is asked for: <c>the role analyst on pg-prod/sales</c>.</summary>
    public string What => RequestWords.What(Request);

    public string? Role => RequestWords.Role(Request);

    /// <summary><c>Your request for …</c>, or <c>Alice's request for …</c>.</summary>
    public string TheRequest => Own ? $"Your request for {What}" : $"{Requester}'s request for {What}";

    /// <summary><c>Your access to …</c>, or <c>Alice's access to …</c>.</summary>
    public string TheAccess => Own ? $"Your access to {What}" : $"{Requester}'s access to {What}";

    /// <summary><c>level 1 of 2</c>; empty where the notice is about no level.</summary>
    public string AtLevel => Effect.Level > 0 ? $"level {Effect.Level} of {Request.Levels.Count}" : "";

    public string Lapses => At(Request.CreatedAt + Request.Policy.LapseAfter);

    /// <summary>A person's name; the id where nobody is found.</summary>
    public string Name(string id) => Person(id) ?? "the system";

    /// <summary>A person's name and id, so that two of the same name are told apart.</summary>
    public string NameAndId(string id) => Person(id) is { } name && name != id ? $"{name} ({id})" : Name(id);

    /// <summary><c>2026-11-21 09:00 UTC</c>, with seconds where there are any.</summary>
    public static string At(DateTimeOffset at) => RequestWords.At(at);

    /// <summary>The stretch, or, while it floats, how long it will be.</summary>
    public string When => RequestWords.When(Request);

    /// <summary>Where the request stands as the notice is sent.</summary>
    public string Standing => RequestWords.Standing(Request);

    /// <summary>The outcome as a word, where there is one.</summary>
    public string Ended => RequestWords.Ended(Request);

    public static string Count(int number, string one) => RequestWords.Count(number, one);

    private string? Person(string? id) =>
        id is null || id.StartsWith(SystemActors.Prefix, StringComparison.Ordinal) ? null
        : notice.People.Find(id) is { Name.Length: > 0 } person ? person.Name
        : id;
}
