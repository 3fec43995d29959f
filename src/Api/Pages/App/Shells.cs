using System.Text.RegularExpressions;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Sessions;
using AccessFunctions.Application;
using AccessFunctions.Application.Ports;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AccessFunctions.Api.Pages.App;

/// <summary>Makes what stands around a page, from the call.</summary>
public sealed partial class Shells(IOptions<ApiOptions> options, SessionTickets tickets, TimeProvider time)
{
    /// <summary>The cookie in which our script leaves the reader's zone, as an IANA name. No secret.</summary>
    public const string ZoneCookie = "zone";

    /// <summary>Approvals that are counted one by one; more are "20+".</summary>
    private const int Counted = 20;

    /// <summary>The shell of a call, with what waits for its reader.</summary>
    /// <param name="entrance">Who is signed in; null: nobody.</param>
    internal async Task<Shell> For(HttpContext http, Entrance? entrance) => entrance is null
        ? Bare(http, null)
        : Bare(http, entrance) with { Menu = Menu.For(entrance.Caller, await Waiting(http, entrance.Caller)) };

    /// <summary>The same without asking the store, which may be what failed.</summary>
    internal Shell Bare(HttpContext http, Entrance? entrance)
    {
        var path = http.Request.Path.Value is { Length: > 1 } given ? given.TrimEnd('/') : "/";
        return new Shell
        {
            Reader = entrance is { Caller: var caller } ? new Reader(caller.Id, caller.Person.Name, entrance.Who.HasSession) : null,
            FormTicket = entrance is null ? "" : tickets.Issue(entrance.Who),
            Menu = entrance is null ? [] : Menu.For(entrance.Caller, approvals: null),
            Demo = options.Value.Demo,
            Path = path,
            Address = path + http.Request.QueryString,
            Zone = ZoneOf(http.Request),
            Now = time.GetUtcNow(),
        };
    }

    private static async Task<string?> Waiting(HttpContext http, Caller caller)
    {
        var found = await http.RequestServices.GetRequiredService<RequestService>()
            .List(caller, new RequestFilter(), mine: false, toReview: true, cursor: null, Counted, http.RequestAborted);
        return found switch
        {
            { Next: not null, Items.Count: > 0 } => $"{found.Items.Count}+",
            { Items.Count: > 0 } => $"{found.Items.Count}",
            _ => null,
        };
    }

    /// <summary>The zone that the cookie names; UTC where it names none that is known here.</summary>
    internal static TimeZoneInfo ZoneOf(HttpRequest request) => ZoneNamed(request.Cookies[ZoneCookie] is { } cookie ? Uri.UnescapeDataString(cookie) : null);

    /// <summary>The zone of that IANA name; UTC where there is none.</summary>
    internal static TimeZoneInfo ZoneNamed(string? name) =>
        name is { Length: <= 64 } && ZoneName().IsMatch(name) && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc;

    // A name of the time zone database, which cannot climb out of the folder that holds it.
    [GeneratedRegex(@"\A[A-Za-z][A-Za-z_]*(/[A-Za-z][A-Za-z0-9_+\-]*){0,2}\z", RegexOptions.NonBacktracking)]
    private static partial Regex ZoneName();
}
