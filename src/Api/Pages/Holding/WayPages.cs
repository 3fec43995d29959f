using AccessFunctions.Api.Handlers;
using AccessFunctions.Api.Pages.App;
using AccessFunctions.Api.Routing;
using AccessFunctions.Application.Inventory;
using AccessFunctions.Application.Ports;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Pages.Holding;

/// <summary>Who has access to what, and through what.</summary>
/// <param name="Next">The cursor of further ones; null: there are none.</param>
/// <param name="SeesAll">False: only the reader's own.</param>
public sealed record WaysModel(PageQuery Query, IReadOnlyList<AccessAnswer> Answers, bool First, string? Next, bool SeesAll, IPeople People);

/// <summary>Asks the facts and the live grants.</summary>
internal static class WayPages
{
    public static async Task<IResult> Show(ApiCall call, QueryReader query)
    {
        var asked = new AccessQuery(query.Text("person"), query.Text("resource"), query.Text("identity"));
        var page = await query.Page((cursor, limit) => call.Service<AccessAnswers>().Find(call.Caller, asked, cursor, limit, call.Cancellation));
        return await call.Show<WaysPage, WaysModel>(new WaysModel(
            PageQuery.Of(call.Http.Request), page.Items, query.Cursor is null, page.Next, call.Caller.IsAdministrator || call.Caller.IsAuditor, call.Service<IDirectory>().Current));
    }
}
