using System.Net;
using System.Text.RegularExpressions;
using AccessFunctions.Api.Pages.App;
using Microsoft.Net.Http.Headers;

namespace AccessFunctions.Api.Tests.Support;

/// <summary>What a browser adds to calls: it keeps cookies, and sends forms with the fields that a page gave it.</summary>
internal sealed partial class TestBrowser(TestApi api)
{
    private readonly Dictionary<string, string> _cookies = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, string> Cookies => _cookies;

    /// <summary>The Set-Cookie headers of the last answer.</summary>
    public IReadOnlyList<SetCookieHeaderValue> LastSet { get; private set; } = [];

    public Task<Reply> Get(string path, params (string Name, string Value)[] headers) => Send("GET", path, null, headers);

    /// <summary>Posts a form.</summary>
    public Task<Reply> Post(string path, IReadOnlyDictionary<string, string> fields, params (string Name, string Value)[] headers) => Send("POST", path, string.Join('&', fields.Select(field =>
        $"{WebUtility.UrlEncode(field.Key)}={WebUtility.UrlEncode(field.Value)}")), [("Content-Type", "application/x-www-form-urlencoded"), .. headers]);

    public async Task<Reply> Send(string method, string path, object? body, params (string Name, string Value)[] headers)
    {
        var http = api.Context(method, path, body);
        http.Request.Scheme = "https";
        http.Request.Headers.Cookie = string.Join("; ", _cookies.Select(cookie => $"{cookie.Key}={cookie.Value}"));
        foreach (var (name, value) in headers) http.Request.Headers[name] = value;
        var reply = await api.Run(http);
        LastSet = [.. SetCookieHeaderValue.ParseList([.. reply.Headers.SetCookie.OfType<string>()])];
        foreach (var cookie in LastSet)
        {
            if (cookie.Expires is { } expires && expires < DateTimeOffset.UtcNow.AddYears(-1)) _cookies.Remove(cookie.Name.Value!);
            else _cookies[cookie.Name.Value!] = cookie.Value.Value!;
        }

        return reply;
    }

    public void Set(string name, string value) => _cookies[name] = value;

    /// <summary>Signs in as a person of the demo, from the page that a call to <paramref name="path"/> leads to.</summary>
    public async Task<Reply> SignIn(string person, string path = "/")
    {
        var page = await Get($"/signin?return={Uri.EscapeDataString(path)}");
        return await Post("/signin", new Dictionary<string, string> { [PostForm.FieldName] = Field(page, PostForm.FieldName), ["return"] = Field(page, "return"), ["person"] = person });
    }

    /// <summary>The ticket of a page's forms.</summary>
    public async Task<string> Ticket(string path = "/") => Field(await Get(path), PostForm.FieldName);

    /// <summary>The value of a hidden field.</summary>
    public static string Field(Reply page, string name) =>
        WebUtility.HtmlDecode(Hidden().Matches(page.Text).First(field => field.Groups[1].Value == name).Groups[2].Value);

    [GeneratedRegex("""<input type="hidden" name="([^"]*)" value="([^"]*)" ?/?>""")]
    private static partial Regex Hidden();
}
