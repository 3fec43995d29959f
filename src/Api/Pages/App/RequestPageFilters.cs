using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Json;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Api.Pages.App;

/// <summary>The filters of requests in a page's address, with days of the reader's zone in place of instants.</summary>
/// <param name="Query">As the address gives them.</param>
/// <param name="Filter">What they mean.</param>
/// <param name="Errors">What of them cannot be read.</param>
/// <param name="Platforms">Names to choose from.</param>
public sealed record RequestPageFilters(PageQuery Query, RequestFilter Filter, IReadOnlyList<PageError> Errors, IReadOnlyList<string> Platforms)
{
    // Day on the page, instant elsewhere.
    private static readonly (string Day, string Instant)[] Days =
        [("from", "createdFrom"), ("to", "createdTo"), ("accessFrom", "periodFrom"), ("accessTo", "periodTo")];

    /// <summary>What such a page's address may hold.</summary>
    internal static IReadOnlyList<QueryParameter> Parameters { get; } =
    [
        .. RequestFilters.Parameters.Where(static parameter => parameter.Name is not ("mine" or "toReview") && Days.All(day => day.Instant != parameter.Name)),
        new("from", typeof(string), "Only submitted on this day or later, such as `2026-11-21`, in the reader's zone."),
        new("to", typeof(string), "Only submitted on this day or earlier."),
        new("accessFrom", typeof(string), "Only where the period ends on this day or later."),
        new("accessTo", typeof(string), "Only where the period begins on this day or earlier."),
    ];

    /// <summary>Reads an address.</summary>
    /// <param name="aside">Parameters that are no filters.</param>
    internal static RequestPageFilters Read(ApiCall call, QueryReader query, params string[] aside)
    {
        var zone = Shells.ZoneOf(call.Http.Request);
        List<PageError> errors = [];
        var filter = RequestFilters.Read(query).Filter with
        {
            CreatedFrom = PageQuery.Day(query, "from", zone, after: false, errors),
            CreatedTo = PageQuery.Day(query, "to", zone, after: true, errors),
            PeriodFrom = PageQuery.Day(query, "accessFrom", zone, after: false, errors),
            PeriodTo = PageQuery.Day(query, "accessTo", zone, after: true, errors),
        };
        return new RequestPageFilters(PageQuery.Of(call.Http.Request, aside), filter, errors, PlatformNames(call));
    }

    /// <summary>Where exactly these come as CSV, from a route that knows instants, not days.</summary>
    /// <param name="more">Further parameters.</param>
    internal string Export(string path, params IEnumerable<KeyValuePair<string, string>> more) => PageQuery.Address(path,
    [
        .. more,
        .. Query.Given.Where(static pair => RequestFilters.Parameters.Any(parameter => parameter.Name == pair.Key)),
        .. Instant("createdFrom", Filter.CreatedFrom), .. Instant("createdTo", Filter.CreatedTo),
        .. Instant("periodFrom", Filter.PeriodFrom), .. Instant("periodTo", Filter.PeriodTo),
    ]);

    internal static IEnumerable<KeyValuePair<string, string>> Instant(string name, DateTimeOffset? at) =>
        at is { } instant ? [new(name, InstantConverter.Format(instant))] : [];

    private static IReadOnlyList<string> PlatformNames(ApiCall call) => [.. call.Service<IPlatforms>().All.Select(static platform => platform.Name).Order(StringComparer.Ordinal)];
}
