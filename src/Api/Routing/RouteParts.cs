using AccessFunctions.Application.Directory;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Routing;

/// <summary>What several parts of the route table say.</summary>
internal static class RouteParts
{
    public static IReadOnlyList<string> Administrators { get; } = [Roles.Admin];

    public static IReadOnlyList<string> Overseers { get; } = [Roles.Admin, Roles.Auditor];

    public static IReadOnlyDictionary<int, string> ToSignIn { get; } = new Dictionary<int, string> { [StatusCodes.Status303SeeOther] = "To the sign-in, for who is not signed in." };

    public static IReadOnlyDictionary<int, string> SeeOther { get; } = new Dictionary<int, string> { [StatusCodes.Status303SeeOther] = "Done: look at `Location`." };
}
