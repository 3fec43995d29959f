using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using AccessFunctions.Application.Ports;

namespace AccessFunctions.Api.Tests.Support;

/// <summary>Opens links and posts their forms, as a browser without scripts does.</summary>
internal static partial class ReviewCalls
{
    /// <summary>A link to decide on alice's request, or to revoke its access.</summary>
    public static string Link(
        this TestApi api, string request, string person = "bob", int level = 1, int revision = 1, ReviewLinkKind kind = ReviewLinkKind.Decide, TimeSpan? lasts = null, string id = "link-1") =>
        api.Links.Mint(new ReviewLink(kind, request, revision, kind == ReviewLinkKind.Revoke ? 0 : level, person, api.Clock.GetUtcNow() + (lasts ?? TimeSpan.FromHours(24)), id));

    public static async Task<PageReply> Get(this TestApi api, string token, string method = "GET") => new(await api.Send(method, $"/review/{token}"));

    /// <summary>Opens the page, fills in its form and sends it.</summary>
    public static async Task<PageReply> Decide(this TestApi api, string token, string verdict, params (string Name, string Value)[] fields) =>
        await api.Post(token, [("ticket", await api.Ticket(token)), ("verdict", verdict), .. fields]);

    /// <summary>The ticket of the page; of another link's where this one has no form any more.</summary>
    public static async Task<string> Ticket(this TestApi api, string token) => TicketField().Match((await api.Get(token)).Html).Groups[1].Value;

    public static async Task<PageReply> Post(this TestApi api, string token, (string Name, string Value)[] fields, params (string Name, string Value)[] headers)
    {
        var body = string.Join('&', fields.Select(field => $"{Uri.EscapeDataString(field.Name)}={Uri.EscapeDataString(field.Value)}"));
        var http = api.Context("POST", $"/review/{token}", Encoding.UTF8.GetBytes(body));
        http.Request.ContentType = "application/x-www-form-urlencoded";
        foreach (var (name, value) in headers) http.Request.Headers[name] = value;
        return new PageReply(await api.Run(http));
    }

    [GeneratedRegex("name=\"ticket\" value=\"([^\"]+)\"")]
    private static partial Regex TicketField();
}

/// <summary>An answer, checked to be a page.</summary>
internal sealed partial class PageReply
{
    public PageReply(Reply reply)
    {
        Reply = reply;
        Assert.Equal("text/html; charset=utf-8", reply.Headers.ContentType.ToString());
        Assert.NotEqual(500, reply.Status);
    }

    public Reply Reply { get; }
    public int Status => Reply.Status;
    public string Html => Reply.Text;

    /// <summary>What a reader sees: tags away, entities resolved, blanks joined.</summary>
    public string Text => Blanks().Replace(WebUtility.HtmlDecode(Tags().Replace(Head().Replace(Html, ""), " ")), " ").Trim();

    public string Title => WebUtility.HtmlDecode(Heading().Match(Html).Groups[1].Value);

    [GeneratedRegex("<head>.*?</head>", RegexOptions.Singleline)]
    private static partial Regex Head();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tags();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex("<h1>(.*?)</h1>", RegexOptions.Singleline)]
    private static partial Regex Heading();
}
