using AccessFunctions.Api.Pipeline;
using AccessFunctions.Application;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Api.Assistants;

/// <summary>A person, for assistants.</summary>
public sealed record AssistantPerson(string Id, Untrusted? Name)
{
    /// <summary>A person by id.</summary>
    public static AssistantPerson Of(IPeople people, string id) => new(id, Untrusted.Of(people.Find(id)?.Name));
}

/// <summary>Finds who is meant by an id, a name or an address. The directory's names are for everybody who is in it.</summary>
internal static class PersonNames
{
    /// <summary>The one who is meant.</summary>
    /// <exception cref="ProblemException">Nobody is, or several are; the problem names them.</exception>
    public static Person Find(IPeople people, Caller caller, string text)
    {
        if (text is "me" or "myself" or "I" or "i") return caller.Person;
        if (people.Find(text) is { } exact) return exact;
        List<Person> meant = [.. people.All.Where(person => Is(person.Id, text) || Is(person.UserName, text) || Is(person.Email, text) || Is(person.Name, text))];
        if (meant.Count == 0) meant = [.. people.All.Where(person => person.Name.Split(' ', StringSplitOptions.RemoveEmptyEntries).Any(part => Is(part, text)))];
        if (meant.Count > 1 && meant.Where(static person => person.Active).ToList() is [var active]) return active;
        return meant switch
        {
            [var one] => one,
            [] => throw new ProblemException(Fault.Invalid, "person", "Nobody in the directory has this id, name or address. Use an id of GET /api/people."),
            _ => throw new ProblemException(Fault.Invalid, "person", $"Several people are meant by this: {string.Join(", ", meant.Take(10).Select(static person => person.Id).Order(StringComparer.Ordinal))}. Use an id."),
        };
    }

    /// <summary>The one whose access may be looked at; null: everybody's, for those who oversee.</summary>
    /// <exception cref="RefusedException">Somebody else's, and the caller oversees nothing.</exception>
    public static Person? Visible(IPeople people, Caller caller, string? text)
    {
        var oversees = caller.IsAdministrator || caller.IsAuditor;
        if (text is null) return oversees ? null : caller.Person;
        var person = Find(people, caller, text);
        return oversees || person.Id == caller.Id ? person
            : throw new RefusedException(new Refusal(RefusalReason.NotPermitted, "You see your own access here. Administrators and auditors see everybody's."));
    }

    private static bool Is(string? one, string text) => string.Equals(one, text, StringComparison.OrdinalIgnoreCase);
}
