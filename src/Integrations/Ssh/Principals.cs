using AccessFunctions.Application.Ports;
using AccessFunctions.Domain.Requests;

namespace AccessFunctions.Integrations.Ssh;

/// <summary>The name that a certificate is for.</summary>
internal static class Principals
{
    private const int Longest = 64;
    private const string Root = "root";

    /// <summary>The principal of an order.</summary>
    /// <exception cref="PlatformException">Permanent: a part of it is missing, no server would read it as one name, or it administers.</exception>
    public static string For(PlatformOrder order, SshAccess access, SshOptions options)
    {
        var principal = access.Principal;
        if (principal.Contains(SshAccess.Role, StringComparison.Ordinal))
            principal = principal.Replace(SshAccess.Role, Part(order.Role, "role was chosen"), StringComparison.Ordinal);
        else if (principal.Contains(SshAccess.Identity, StringComparison.Ordinal))
            principal = principal.Replace(SshAccess.Identity, Part(order.Identity, $"identity on {options.Name} is linked to the requester"), StringComparison.Ordinal);
        if (Fault(principal) is { } fault) throw Refuse($"the principal {fault}");
        return principal != Root || options.PrivilegedPrincipals.Contains(Root, StringComparer.Ordinal) ? principal : throw Refuse($"{Root} is certified only where privilegedPrincipals lists it");

        string Part(string? part, string missing) => string.IsNullOrEmpty(part) ? throw Refuse($"no {missing}") : part;

        PlatformException Refuse(string what) => new($"{options.Name}: {what}.", permanent: true);
    }

    /// <summary>What keeps a text from being a principal; null: nothing. Servers keep principals in lists, parted by commas and blanks.</summary>
    public static string? Fault(string principal) =>
        principal.Length is > 0 and <= Longest && (char.IsAsciiLetterOrDigit(principal[0]) || principal[0] == '_') && principal.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' or '@' or ':' or '/' or '+')
            ? null
            : $"has to be of 1 to {Longest} letters, digits, '.', '_', '-', '@', ':', '/' and '+', beginning with a letter, a digit or '_'";
}
