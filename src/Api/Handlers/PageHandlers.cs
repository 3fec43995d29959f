using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using AccessFunctions.Api.OpenApi;
using AccessFunctions.Api.Pipeline;
using AccessFunctions.Api.Routing;
using Microsoft.AspNetCore.Http;

namespace AccessFunctions.Api.Handlers;

/// <summary>The few pages that are only text: what the problems mean, and the API's description.</summary>
internal static partial class PageHandlers
{
    public static Task<IResult> Errors(ApiCall call)
    {
        var text = new StringBuilder("<dl>\n");
        foreach (var problem in Problems.All)
        {
            text.Append($"<dt id=\"{problem.Slug}\">{problem.Status} <code>{problem.Slug}</code> {Html(problem.Title)}</dt>\n");
            text.Append($"<dd>{Html(problem.Meaning)} {Html(problem.Remedy)}</dd>\n");
        }

        return Page("Problems", text.Append("</dl>\n").ToString());
    }

    public static Task<IResult> OpenApi(ApiCall call) => Task.FromResult<IResult>(Answer.Content(OpenApiDocument.Bytes, "application/json"));

    private static string Html(string text) => Code().Replace(WebUtility.HtmlEncode(text), "<code>$1</code>");

    private static Task<IResult> Page(string title, string body) => Task.FromResult<IResult>(Answer.Content(Encoding.UTF8.GetBytes($"""
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title></head>
        <body>
        <h1>{title}</h1>
        {body}
        </body>
        </html>

        """), "text/html; charset=utf-8"));

    [GeneratedRegex("`([^`]+)`", RegexOptions.NonBacktracking)]
    private static partial Regex Code();
}
