using AccessFunctions.Application;
using AccessFunctions.Application.Directory;
using AccessFunctions.Application.Ports;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Authentication;

/// <summary>Turns a valid credential into the person it belongs to: by (issuer, subject), never by e-mail.</summary>
public sealed class Callers(IDirectory directory)
{
    /// <summary>The caller, or null for a stranger. People who left are found: the pipeline refuses them by name.</summary>
    public Caller? Find(Identified who, HttpContext http)
    {
        var people = directory.Current;
        var person = people.Find(who.Credential) ?? (who.Credential.Issuer == DemoIssuer.IssuerName ? people.Find(who.Credential.Subject) : null);
        if (person is null) return null;
        var roles = person.Roles.Union(who.Roles, StringComparer.Ordinal).ToList();
        return new Caller(person with { Roles = roles }, who.Channel, Address(http));
    }

    /// <summary>The peer's address as the connection has it; headers can be made up.</summary>
    public static string? Address(HttpContext http)
    {
        var address = http.Connection.RemoteIpAddress;
        return (address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address)?.ToString();
    }
}
