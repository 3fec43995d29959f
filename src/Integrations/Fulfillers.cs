using AccessFunctions.Application.Ports;

namespace AccessFunctions.Integrations;

/// <summary>Finds the people who confirm by hand what no machine can prove.</summary>
internal static class Fulfillers
{
    /// <summary>Active people behind <c>person</c>, <c>group:name</c> and <c>role:Name</c>, in id order. Never the requester: nobody vouches for their own access.</summary>
    public static IReadOnlyList<string> Of(IEnumerable<string> references, IPeople people, string requester)
    {
        return [.. references.SelectMany(Named)
            .Where(id => id != requester)
            .Distinct(StringComparer.Ordinal)
            .Order(StringComparer.Ordinal)];

        IEnumerable<string> Named(string reference) =>
            reference.StartsWith("group:", StringComparison.Ordinal) ? people.Members(reference["group:".Length..])
            : reference.StartsWith("role:", StringComparison.Ordinal) ? people.WithRole(reference["role:".Length..])
            : people.Find(reference) is { Active: true } person ? [person.Id]
            : [];
    }
}
