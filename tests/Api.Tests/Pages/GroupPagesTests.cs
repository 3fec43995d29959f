using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using AccessFunctions.Api.Pages.Groups;
using AccessFunctions.Api.Tests.Support;

namespace AccessFunctions.Api.Tests.Pages;

/// <summary>The pages of access groups: read by those they concern, edited by administrators against the version they read.</summary>
public sealed class GroupPagesTests : IDisposable
{
    private const string Path = "/access-groups/analysts";
    private readonly TestApi _api = new();

    public void Dispose() => _api.Dispose();

    [Theory]
    [InlineData("dave", 200)]
    [InlineData("erin", 200)]
    [InlineData("alice", 200)]
    [InlineData("bob", 404)]
    public async Task Group_IsForThoseItCovers_AndForThoseWhoOversee(string by, int status)
    {
        Assert.Equal(status, (await _api.Send("GET", Path, by)).Status);
        var list = await _api.Send("GET", "/access-groups", by);
        Assert.Equal(status == 200, list.Text.Contains($"href=\"{Path}\"", StringComparison.Ordinal));
        Assert.Equal(status != 200, list.Text.Contains("No access group has you as a member", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Group_IsSaidInWords()
    {
        var page = WebUtility.HtmlDecode((await _api.Send("GET", Path, "alice")).Text);
        Assert.Contains("Role: approved by people", page, StringComparison.Ordinal);
        Assert.Contains("Bob (bob), Dave (dave)", page, StringComparison.Ordinal);
        Assert.Contains("<h2 class=\"h5 pt-2\">Level 2</h2>", page, StringComparison.Ordinal);
        Assert.Contains("1 approval, or 1 denial", page, StringComparison.Ordinal);
        Assert.Contains("<dd dir=\"auto\">8h</dd>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("/edit", page, StringComparison.Ordinal);
        Assert.Contains($"href=\"{Path}/edit\"", (await _api.Send("GET", Path, "dave")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("erin")]
    [InlineData("alice")]
    public async Task Edit_IsForAdministrators(string by)
    {
        Assert.Equal(403, (await _api.Send("GET", Path + "/edit", by)).Status);
        Assert.Equal(403, (await Post(by, ("document", "{}"))).Status);
    }

    [Fact]
    public async Task Edit_ShowsWhatWouldChange_AndSavesExactlyThat()
    {
        var (document, version) = await Opened();
        var changed = document.Replace("\"maxDuration\": \"8h\"", "\"maxDuration\": \"4h\"", StringComparison.Ordinal);
        var shown = await Post("dave", ("document", changed), ("version", version), ("step", "check"));
        Assert.Equal(200, shown.Status);
        Assert.Contains("</span>-   &quot;maxDuration&quot;: &quot;8h&quot;,</del>", shown.Text, StringComparison.Ordinal);
        Assert.Contains("</span>&#x2B;   &quot;maxDuration&quot;: &quot;4h&quot;,</ins>", shown.Text, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromHours(8), _api.Groups.Find("analysts")!.Group.MaxDuration);

        var saved = await Post("dave", ("document", changed), ("version", version), ("checked", Hidden(shown, "checked")), ("step", "save"));
        Assert.Equal((303, Path + "?saved=true"), (saved.Status, saved.Headers.Location.ToString()));
        Assert.Equal(TimeSpan.FromHours(4), _api.Groups.Find("analysts")!.Group.MaxDuration);
        Assert.Contains(_api.AuditTrail, happened => happened is { Type: "access.policy.saved", Actor: "dave" });
        Assert.Contains("role=\"status\">The access group is saved", (await _api.Send("GET", Path + "?saved=true", "dave")).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("0123")]
    public async Task Save_OfWhatWasNotShown_ShowsItFirst(string? seen)
    {
        var (document, version) = await Opened();
        var changed = document.Replace("\"maxDuration\": \"8h\"", "\"maxDuration\": \"4h\"", StringComparison.Ordinal);
        var reply = await Post("dave", ("document", changed), ("version", version), ("checked", seen ?? ""), ("step", "save"));
        Assert.Equal(200, reply.Status);
        Assert.Contains("Save these changes", reply.Text, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromHours(8), _api.Groups.Find("analysts")!.Group.MaxDuration);
    }

    [Fact]
    public async Task Save_OverAnotherVersion_KeepsTheText_AndSaysSo()
    {
        var (document, version) = await Opened();
        var changed = document.Replace("\"maxDuration\": \"8h\"", "\"maxDuration\": \"4h\"", StringComparison.Ordinal);
        var shown = await Post("dave", ("document", changed), ("version", version), ("step", "check"));
        await _api.Groups.Save(TestApi.Analysts with { Name = "Other" }, "v1", default);
        var late = await Post("dave", ("document", changed), ("version", version), ("checked", Hidden(shown, "checked")), ("step", "save"));
        Assert.Equal(412, late.Status);
        Assert.Contains("another version was saved", late.Text, StringComparison.Ordinal);
        Assert.Contains("&quot;maxDuration&quot;: &quot;4h&quot;", late.Text, StringComparison.Ordinal);
        Assert.Equal("v2", Hidden(late, "version"));
        Assert.Equal("Other", _api.Groups.Find("analysts")!.Group.Name);

        var knowingly = await Post("dave", ("document", changed), ("version", Hidden(late, "version")), ("checked", Hidden(late, "checked")), ("step", "save"));
        Assert.Equal(303, knowingly.Status);
    }

    [Theory]
    [InlineData("", "The document is missing.")]
    [InlineData("not json", "The body is not JSON.")]
    [InlineData("""{"id":"other"}""", "an id stays as it is")]
    [InlineData("""{"id":"analysts","colour":1}""", "colour: Unknown field.")]
    [InlineData("""{"id":"analysts","levels":[{"approvers":null}]}""", "levels[0].approvers:")]
    [InlineData("""{"id":"analysts","members":["alice"],"resources":["pg/sales"],"rules":{"Role":{"mode":"Approve"}},"levels":[{"approvers":["bob"],"approvalsRequired":5}]}""", "approvalsRequired")]
    [InlineData("""{"id":"analysts","members":["<script>alert(1)</script>"]}""", "members[0]:")]
    public async Task ADocumentToMend_IsSaidAtItsPath_AndNothingIsLost(string document, string message)
    {
        var (_, version) = await Opened();
        var reply = await Post("dave", ("document", document), ("version", version), ("step", "check"));
        Assert.Equal(422, reply.Status);
        Assert.Contains("role=\"alert\"", reply.Text, StringComparison.Ordinal);
        Assert.Contains(message, WebUtility.HtmlDecode(reply.Text), StringComparison.Ordinal);
        Assert.Contains("aria-invalid=\"true\" aria-describedby=\"document-error document-hint\"", reply.Text, StringComparison.Ordinal);
        Assert.Contains(WebUtility.HtmlEncode(document).Replace("&#39;", "&#x27;", StringComparison.Ordinal), reply.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>alert", reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Difference_IsTheLinesThatChanged_WithThoseAround()
    {
        var before = string.Join('\n', Enumerable.Range(1, 20));
        var lines = TextDiff.Of(before, before.Replace("10", "ten\nand more", StringComparison.Ordinal));
        Assert.Equal(["…", " 7", " 8", " 9", "-10", "+ten", "+and more", " 11", " 12", " 13", "…"], lines.Select(Sign));
        Assert.Empty(TextDiff.Of(before, before));
        Assert.Equal(["-a", "+b"], TextDiff.Of("a", "b").Select(Sign));
        Assert.Equal(["+a", " b", "-c", " d", "+e"], TextDiff.Of("b\nc\nd", "a\nb\nd\ne").Select(Sign));

        static string Sign(DiffLine line) => line.Change switch
        {
            LineChange.Removed => "-" + line.Text,
            LineChange.Added => "+" + line.Text,
            LineChange.Skipped => "…",
            _ => " " + line.Text,
        };
    }

    private async Task<(string Document, string Version)> Opened()
    {
        var page = await _api.Send("GET", Path + "/edit", "dave");
        Assert.Equal(200, page.Status);
        var document = Regex.Match(page.Text, "<textarea[^>]*>\n?(.*?)</textarea>", RegexOptions.Singleline).Groups[1].Value;
        return (WebUtility.HtmlDecode(document).TrimStart('\n'), Hidden(page, "version"));
    }

    private Task<Reply> Post(string by, params (string Name, string Value)[] fields)
    {
        var body = string.Join('&', fields.Select(field => $"{Uri.EscapeDataString(field.Name)}={Uri.EscapeDataString(field.Value)}"));
        var http = _api.Context("POST", Path + "/edit", Encoding.UTF8.GetBytes(body));
        http.Request.ContentType = "application/x-www-form-urlencoded";
        http.Request.Headers.Authorization = $"Bearer {_api.Issuer.Mint(by, TimeSpan.FromMinutes(10))}";
        return _api.Run(http);
    }

    private static string Hidden(Reply page, string name) => Regex.Match(page.Text, $"name=\"{name}\" value=\"([^\"]*)\"").Groups[1].Value;
}
