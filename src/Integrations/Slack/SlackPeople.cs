using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Integrations.Slack;

/// <summary>Whom a Slack user id is linked to, and who can be mentioned.</summary>
internal static class SlackPeople
{
    /// <summary>More mentions than this only make a message long.</summary>
    private const int Most = 20;

    /// <summary>Whose Slack user this is, people who left too; null for strangers. Never by name or e-mail.</summary>
    public static Person? WithSlack(this IPeople people, string user) =>
        people.All.FirstOrDefault(person => string.Equals(person.SlackUserId, user, StringComparison.Ordinal));

    /// <summary>Ids of those on a level who are to decide and are linked: active, not the requester, their seat still free.</summary>
    public static IReadOnlyList<string> ToDecide(AccessRequest request, Level level, IPeople people) => Linked(
        level.Approvers.Where(person => !request.Reviews.Any(review => review.Counted && (review.By == person || review.Seat == person))), request, people);

    /// <summary>Ids of every approver of every level who is linked.</summary>
    public static IReadOnlyList<string> Everyone(AccessRequest request, IPeople people) =>
        Linked(request.Levels.SelectMany(static level => level.Approvers.Concat(level.EscalateTo)).Distinct(StringComparer.Ordinal), request, people);

    private static List<string> Linked(IEnumerable<string> ids, AccessRequest request, IPeople people) =>
        [.. ids.Where(id => id != request.Requester && people.Find(id) is { Active: true, SlackUserId: not null }).Take(Most)];
}
