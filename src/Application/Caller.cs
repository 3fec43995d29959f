using AccessFunctions.Application.Directory;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Application;

/// <summary>Who sent a call, as their credential says; never taken from a body.</summary>
/// <param name="Address">The network address, for the audit detail.</param>
public sealed record Caller(Person Person, Channel Channel, string? Address)
{
    public string Id => Person.Id;
    public bool IsAdministrator => Has(Roles.Admin);
    public bool IsAuditor => Has(Roles.Auditor);

    /// <summary>True where the person holds the product role.</summary>
    public bool Has(string role) => Person.Roles.Contains(role, StringComparer.Ordinal);
}
