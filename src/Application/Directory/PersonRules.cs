using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Policy;

namespace AccessFunctions.Application.Directory;

/// <summary>What product roles and stand-ins have to be, whoever sets them.</summary>
public static class PersonRules
{
    /// <summary>The longest stand-in.</summary>
    public static readonly TimeSpan LongestDelegation = TimeSpan.FromDays(366);

    /// <summary>Roles that exist, and an administrator left.</summary>
    public static void CheckRoles(IPeople people, string person, IReadOnlyList<string> roles, FieldErrors errors)
    {
        for (var i = 0; i < roles.Count; i++)
        {
            if (!Roles.All.Contains(roles[i], StringComparer.Ordinal)) errors.Add($"roles[{i}]", $"\"{roles[i]}\" is no role; the roles are {string.Join(", ", Roles.All)}");
        }

        var others = people.WithRole(Roles.Admin).Where(id => id != person);
        if (!roles.Contains(Roles.Admin, StringComparer.Ordinal) && !others.Any()) errors.Add("roles", "this is the last administrator: name another one first");
    }

    /// <summary>Roles are given to people who are here: of somebody who left they end, and nobody would see those that were given meanwhile.</summary>
    public static void CheckGiven(IPeople people, string person, IReadOnlyList<string> roles, FieldErrors errors)
    {
        if (people.Find(person) is { Active: false } gone && roles.Except(gone.Roles, StringComparer.Ordinal).Any()) errors.Add("roles", "this person left: give roles once they are back");
    }

    /// <summary>Another active person, for a time that is not over.</summary>
    /// <param name="now">Null: it may be over, as where something is put back.</param>
    public static void CheckStandIn(IPeople people, string person, Delegation delegation, DateTimeOffset? now, FieldErrors errors)
    {
        if (delegation.Person != person) errors.Add("person", "this delegation is another person's");
        if (delegation.StandIn == person) errors.Add("standIn", "nobody stands in for themselves");
        else if (people.Find(delegation.StandIn) is not { Active: true }) errors.Add("standIn", "there is no such active person");
        if (delegation.Until <= delegation.From) errors.Add("until", "the end must come after the start");
        else if (delegation.Until <= now) errors.Add("until", "this has passed already");
        else if (delegation.Until - delegation.From > LongestDelegation) errors.Add("until", "a stand-in is named for at most a year");
    }
}
